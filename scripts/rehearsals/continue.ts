import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { captionRecord } from '../../src/publish/captionRecord.ts';
import { avroFile } from '../../src/publish/sinks/avroFile.ts';
import { jsonl } from '../../src/publish/sinks/jsonl.ts';
import { normalisedCaption } from '../../test/publish/records.ts';
import { printResult, say } from '../../test/rig/report.ts';

/*
  npm run rehearse -- continue --gigabytes 10 --json

  How long a large output takes to be opened again, and what that costs in memory: a process of its own opens it, first without the
  companion (as one that was copied here), then with the one that the first opening made. Needs so much room in TMPDIR.
*/
const MOST_SECONDS = 5;
const MOST_MB = 200;
/** Records that are written once; their blocks are repeated until the file is large enough. */
const RECORDS = 1600;
const AT_ONCE = 4;

interface Opening {
  readonly kind: string;
  readonly gigabytes: number;
  readonly companion: boolean;
  /** Of the call that opens it. */
  readonly seconds: number;
  /** Peak of the whole process. */
  readonly megabytes: number;
}

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { gigabytes: { type: 'string', default: '10' }, json: { type: 'boolean', default: false } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'saccade-continue-'));
  const openings: Opening[] = [];
  try {
    for (const kind of ['jsonl', 'avro']) {
      const file = await largeOutput(folder, kind, Number(values.gigabytes) * 1e9);
      for (const companion of [false, true]) openings.push(openAgain(file, kind, companion));
      say(JSON.stringify(openings.slice(-2)));
      rmSync(file);
      rmSync(`${file}.index`, { force: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printResult({ openings, limits: { seconds: MOST_SECONDS, megabytes: MOST_MB } }, values.json);
  return openings.every(({ seconds, megabytes }) => seconds <= MOST_SECONDS && megabytes < MOST_MB) ? 0 : 1;
}

/** A file of records as a run leaves it, without its companion. */
async function largeOutput(folder: string, kind: string, bytes: number): Promise<string> {
  const [small, large] = [join(folder, `small.${kind}`), join(folder, `large.${kind}`)];
  const sink = kind === 'avro' ? avroFile({ path: small }) : jsonl({ path: small });
  await sink.open?.();
  const headerBytes = statSync(small).size;
  for (let n = 0; n < RECORDS; n += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => normalisedCaption(n + i));
    const facts = { pipeline: 'continue', configHash: '0'.repeat(16) };
    await Promise.all(some.map(async (caption) => sink.write(captionRecord(caption, null, facts), caption.position)));
  }
  await sink.close?.();
  copyFileSync(small, large);
  const repeated = Buffer.concat(Array.from({ length: 64 }, () => readFileSync(small).subarray(headerBytes)));
  const file = openSync(large, 'a');
  for (let size = statSync(large).size; size < bytes;) size += writeSync(file, repeated);
  closeSync(file);
  return large;
}

function openAgain(file: string, kind: string, companion: boolean): Opening {
  const program = fileURLToPath(new URL('continue/openOutput.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', program, kind, file], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return { kind, gigabytes: statSync(file).size / 1e9, companion, ...(JSON.parse(stdout) as Pick<Opening, 'seconds' | 'megabytes'>) };
}
