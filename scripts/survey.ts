import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { extractRevision } from '../test/rig/extractRevision.ts';
import { type Survey, survey } from './survey/measure.ts';
import { readTree } from './survey/readTree.ts';
import { table } from './survey/table.ts';

/*
  npm run survey [-- --before REVISION] [--json]

  The tree of src/ as a table: rooms, sizes, functions, imports against the order of the rooms, names. With a revision of
  the repository, that one beside the files as they are now. The order of the rooms is in scripts/survey/rooms.ts.
*/

const { values } = parseArgs({ options: { before: { type: 'string' }, json: { type: 'boolean', default: false } } });

const columns = [
  ...(values.before === undefined ? [] : [{ name: values.before, survey: surveyOfRevision(values.before) }]),
  { name: 'now', survey: surveyOf('.') },
];
process.stdout.write(
  values.json ? `${JSON.stringify(Object.fromEntries(columns.map(({ name, survey: of }) => [name, of])))}\n` : table(columns),
);

function surveyOf(root: string): Survey {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  return survey(readTree(root, 'src'), Object.keys(scripts));
}

function surveyOfRevision(revision: string): Survey {
  const folder = mkdtempSync(join(tmpdir(), 'saccade-survey-'));
  try {
    extractRevision(revision, folder, ['src', 'package.json']);
    return surveyOf(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
