import { execFileSync } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { PipelineError } from '../../src/errors.ts';
import { printResult, say } from '../../test/rig/report.ts';
import { type DisturbanceName, disturbanceNames } from './crash/disturbances.ts';
import { playRounds } from './crash/playRounds.ts';
import { faultsFound } from './crash/tally.ts';

/*
  npm run crash -- --rounds 200 --json

  `saccade run` whole, file to file, while it is killed, its disk fills, its writes are short, its reads, syncs and opens fail, the power
  fails, the clock jumps, its workers end and others write to the same output. What the side door called acked is the judge: it is
  looked for by readers that share no code with Saccade, after every process. Needs a C compiler on Linux.

  --seed N --first R --rounds 1   plays round R of a seed again
  --only kill,power               the disturbances that are drawn from
  --journal FILE                  appends the result, with the revision and the date, as a line
  --keep                          keeps the folders of rounds that found something
*/
export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '20' },
      first: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      journal: { type: 'string' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const settings = { rounds: Number(values.rounds), seed: Number(values.seed), first: Number(values.first) };
  const counts = await playRounds({ ...settings, only: namesIn(values.only), keep: values.keep, mayInstall: true, say });
  if (!counts) {
    say('skipped: the shim needs Linux and a C compiler (cc)');
    return 0;
  }
  const result = { ...settings, ...counts };
  printResult(result, values.json);
  if (values.journal !== undefined) await appendFile(values.journal, `${JSON.stringify({ ...revision(), ...result })}\n`);
  return faultsFound.some((kind) => counts[kind] > 0) ? 1 : 0;
}

function namesIn(text: string): Exclude<DisturbanceName, 'none'>[] {
  const names = text.split(',').filter(Boolean) as Exclude<DisturbanceName, 'none'>[];
  for (const name of names)
    if (!disturbanceNames.includes(name))
      throw new PipelineError('CONFIG_INVALID', `--only: no disturbance '${name}'; there are ${disturbanceNames.join(', ')}`);
  return names;
}

const revision = (): object => ({
  date: new Date().toISOString().slice(0, 10),
  revision: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  node: process.version,
});
