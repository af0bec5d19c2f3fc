import type { Rig } from '../startRig.ts';

/** One second of a job. */
export interface Second {
  readonly second: number;
  readonly answered: number;
  readonly inFlight: number;
  readonly rssMb: number;
}

/** What a reader that reads committed finds. */
export async function outcomeOf(rig: Rig, expected: number) {
  const times = new Map<string, number>();
  const perTenSeconds = new Map<number, number>();
  let [written, fromLedger, deadLetters] = [0, 0, 0];
  await rig.eachCaption(({ id, publishedAtUs, cache }) => {
    written++;
    if (cache === 'ledger') fromLedger++;
    times.set(id, (times.get(id) ?? 0) + 1);
    const bin = Math.floor(publishedAtUs / 10_000_000);
    perTenSeconds.set(bin, (perTenSeconds.get(bin) ?? 0) + 1);
  });
  await rig.eachMessage('dead', () => void deadLetters++);
  const bins = [...perTenSeconds.keys()].toSorted((a, b) => a - b);
  const rates = bins.slice(1, -1).map((bin) => perTenSeconds.get(bin)! / 10);
  return {
    expected,
    written,
    lost: expected - times.size - deadLetters,
    duplicated: [...times.values()].filter((count) => count > 1).length,
    deadLetters,
    fromLedger,
    captionsPerSecond: { mean: round(mean(rates)), lowestOfTenSeconds: round(Math.min(...rates)) },
  };
}

/** Of the steady part: without the first ten seconds, and up to where the last windows are in flight. */
export function steadyPart(seconds: readonly Second[], concurrency: number) {
  const busy = seconds.filter(({ answered }) => answered > 0).slice(10, -5);
  const rss = busy.map(({ rssMb }) => rssMb);
  const tenth = Math.max(1, Math.floor(rss.length / 10));
  const partOf = (n: number): number => round(mean(rss.slice(n * tenth, (n + 1) * tenth)));
  return {
    answersPerSecond: round(mean(busy.map(({ answered }) => answered))),
    concurrencyUsed: round(mean(busy.map(({ inFlight }) => inFlight)) / concurrency),
    /** Mean of the first, the third, the sixth and the last tenth. */
    rssMb: { first: partOf(0), third: partOf(2), sixth: partOf(5), last: partOf(9), highest: Math.max(...rss) },
  };
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
export const round = (value: number): number => Math.round(value * 1000) / 1000;
