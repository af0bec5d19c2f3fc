import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HostileCase, hostileKinds } from './hostile/hostileCase.ts';
import { type Outcome, runCase } from './hostile/runCase.ts';

/*
  npm run rehearse -- hostile [--only KIND or part of a name] [--json]

  Bytes, names and disks that mean harm, each against a process of its own: peak memory, time, exit code and the message.
  A case is held to 512 MB and 10 s, to the exit code that it names and to one clear message. Each file of
  scripts/rehearsals/hostile/kinds/ is one kind of cases; to add one, write a file that exports `cases`.
*/
const MOST_MIB = 512;
const MOST_MS = 10_000;

interface Row extends Outcome {
  readonly kind: string;
  readonly name: string;
  /** What was not as it should be; empty for a case that was met. */
  readonly faults: readonly string[];
}

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } } });
  const root = await mkdtemp(join(tmpdir(), 'saccade-hostile-'));
  const rows: Row[] = [];
  if (!values.json) console.log('| kind | case | MiB | s | exit code | message | |\n|---|---|---|---|---|---|---|');
  try {
    for (const [kind, cases] of await hostileKinds()) {
      for (const hostile of cases.filter(({ name }) => `${kind} ${name}`.includes(values.only))) {
        const folder = join(root, String(rows.length));
        await mkdir(folder);
        const outcome = await runCase(hostile, folder, 3 * MOST_MS);
        rows.push({ kind, name: hostile.name, ...outcome, faults: faultsOf(hostile, outcome) });
        if (!values.json) console.log(line(rows.at(-1)!));
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  const failed = rows.filter(({ faults }) => faults.length > 0).length;
  console.log(values.json ? JSON.stringify({ cases: rows.length, failed, rows }) : `${rows.length} cases, ${failed} not met`);
  return failed === 0 && rows.length > 0 ? 0 : 1;
}

function faultsOf({ exitCode, message }: HostileCase, outcome: Outcome): string[] {
  const faults: string[] = [];
  if (outcome.mebibytes > MOST_MIB) faults.push(`more than ${MOST_MIB} MiB`);
  if (outcome.ms > MOST_MS) faults.push(`longer than ${MOST_MS / 1000} s`);
  if (outcome.exitCode !== exitCode) faults.push(`exit code ${outcome.exitCode} and not ${exitCode}`);
  if (!message.test(outcome.output)) faults.push(`does not say ${message}`);
  if (/^\s+at .*:\d+:\d+/m.test(outcome.output)) faults.push('shows a stack trace');
  return faults;
}

const line = ({ kind, name, mebibytes, ms, exitCode, said, faults }: Row): string =>
  `| ${kind} | ${name} | ${mebibytes} | ${(ms / 1000).toFixed(1)} | ${exitCode} | ${said.replaceAll('|', '\\|')} | ${faults.join('; ') || 'met'} |`;
