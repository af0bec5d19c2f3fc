import { allFormats } from '../../src/decode/allFormats.ts';
import { samples } from '../decode/samples.ts';
import type { Row } from '../decode/support.ts';
import { type Case, violationOf } from './check.ts';
import { type Random, makeRandom, mutate } from './mutate.ts';

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Ends after so many inputs. @default no limit */
  readonly inputs?: number;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seconds: number;
  readonly violations: readonly { readonly input: Case; readonly what: string }[];
  readonly perFormat: Readonly<Record<string, number>>;
  readonly heapMb: number;
}

const STREAMS = 6;
const MOST_VIOLATIONS = 20;

/** Decodes damaged streams of every format, each cut at random, and collects what breaks a promise. */
export function fuzz({ seconds, seed, inputs: most = Number.POSITIVE_INFINITY }: FuzzOptions): FuzzReport {
  const random = makeRandom(seed);
  const seeds = seedCases(random);
  const perFormat: Record<string, number> = {};
  const violations: { input: Case; what: string }[] = [];
  const started = performance.now();
  const deadline = started + seconds * 1000;
  let inputs = 0;
  while (inputs < most && violations.length < MOST_VIOLATIONS) {
    if (inputs % 64 === 0 && performance.now() > deadline) break;
    const from = seeds[random(seeds.length)]!;
    const other = seeds[random(seeds.length)]!;
    const input = { ...from, bytes: mutate(from.bytes, random, other.bytes) };
    const what = violationOf(input, random);
    // One of a kind is enough.
    if (what !== undefined && !violations.some((known) => known.what === what)) violations.push({ input, what });
    perFormat[from.format] = (perFormat[from.format] ?? 0) + 1;
    inputs++;
  }
  const heapMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  return { inputs, seconds: (performance.now() - started) / 1000, violations, perFormat, heapMb };
}

/** Undamaged streams of every format, some as files with their headers. */
function seedCases(random: Random): Case[] {
  const written = samples.flatMap((sample) =>
    Array.from({ length: STREAMS }, (_, i): Case => {
      // One of them is long enough for the kernels.
      const rows = someRows(random, sample.width, sample.height, i === 0 ? 800 : 80);
      const bytes = i % 3 === 2 && sample.file ? sample.file(rows) : sample.bytes(rows);
      return { format: sample.name, width: sample.width, height: sample.height, timeBaseNs: sample.timeBaseNs ?? 0n, bytes };
    }),
  );
  const names = new Set(samples.map(({ name }) => name));
  const noise = allFormats
    .filter(({ name }) => !names.has(name))
    .map(({ name }): Case => ({
      format: name,
      width: 640,
      height: 480,
      timeBaseNs: 0n,
      bytes: Uint8Array.from({ length: 200 }, () => random(256)),
    }));
  return [...written, ...noise];
}

function someRows(random: Random, width: number, height: number, most: number): Row[] {
  let t = random(5000);
  return Array.from({ length: most / 4 + random(most) }, (): Row => {
    t += random(4) === 0 ? random(3000) : random(3);
    return [t, random(width), random(height), random(2)];
  });
}
