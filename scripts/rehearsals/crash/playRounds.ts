import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { buildShim } from './buildShim.ts';
import type { DisturbanceName } from './disturbances.ts';
import { type Draw, oneOf, seededDraw } from './draw.ts';
import { foreignReaders } from './foreignReaders.ts';
import type { JobSettings } from './jobSettings.ts';
import { makePlace } from './makePlace.ts';
import { paidPictures } from './paidPictures.ts';
import { playRound } from './playRound.ts';
import { type ReferenceRun, referenceRun } from './referenceRun.ts';
import { type Counts, makeTally } from './tally.ts';

export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** The number of the first round: a round is made from the seed and its number. */
  readonly first: number;
  /** The disturbances that are drawn from; none: all. */
  readonly only: readonly Exclude<DisturbanceName, 'none'>[];
  /** Keeps the folders of rounds that found something. */
  readonly keep: boolean;
  /** Whether fastavro may be installed, into a folder of the rounds' own. */
  readonly mayInstall: boolean;
  readonly say: (line: string) => void;
}

export interface Rounds extends Counts {
  readonly readers: readonly string[];
}

/** Plays rounds, one after the other. Undefined where the shim cannot be built. */
export async function playRounds({ rounds, seed, first, only, keep, mayInstall, say }: RoundsOptions): Promise<Rounds | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'saccade-crash-'));
  const shim = await buildShim(root);
  const readers = await foreignReaders(root, mayInstall);
  const simulator = await startSimulator({ journalEntries: 0, vendors: { openai: { latency: { p50Ms: 8, p99Ms: 40 } } } });
  try {
    if (shim === undefined) return undefined;
    const tally = makeTally([join(root, 'round', 'files'), root, process.cwd()]);
    const references = new Map<string, ReferenceRun>();
    for (let round = first; round < first + rounds; round++) {
      const draw = seededDraw(seed * 100_003 + round);
      const settings = drawSettings(draw, simulator.url);
      const kind = JSON.stringify(settings);
      const usual = references.get(kind) ?? (await referenceRun(await makePlace(root, shim, settings), readers));
      references.set(kind, usual);
      const place = await makePlace(root, shim, settings);
      tally.begin(`seed ${seed} round ${round}`);
      await playRound({ place, draw, only, usual, readers, paid: paidPictures(simulator), tally });
      const found = tally.end();
      for (const line of found) say(line);
      if (found.length > 0 && keep) await rename(join(root, 'round'), join(root, `round-${round}`));
      if (round % 10 === 0) say(`${round - first + 1} of ${rounds} rounds, ${tally.counts.acked} acked`);
    }
    return { ...tally.counts, readers: readers.names };
  } finally {
    readers.close();
    await simulator.close();
    if (keep) say(`kept: ${root}`);
    else await rm(root, { recursive: true, force: true });
  }
}

/** One round in three asks simulated vendors, with a ledger and a budget. */
function drawSettings(draw: Draw, simulator: string): Omit<JobSettings, 'folder'> {
  const format = oneOf(draw, ['avro', 'jsonl'] as const);
  return draw(3) === 0 ? { format, source: 'synthetic', simulator } : { format, source: oneOf(draw, ['recording', 'synthetic'] as const) };
}
