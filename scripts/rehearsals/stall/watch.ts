import type { Simulator } from '../../../src/sim/simulator.ts';
import { rssMibOf } from '../../../test/rig/processes.ts';

/** Times are on the clock of `performance.now()`. */
export interface Answers {
  readonly times: readonly number[];
  /** How often each picture was answered. */
  readonly byImage: ReadonlyMap<string, number>;
}

export function watchAnswers({ journal }: Simulator): Answers {
  const times: number[] = [];
  const byImage = new Map<string, number>();
  journal.onEntry(({ outcome, imageSha256 }) => {
    if (outcome !== 'ok') return;
    times.push(performance.now());
    byImage.set(imageSha256, (byImage.get(imageSha256) ?? 0) + 1);
  });
  return { times, byImage };
}

interface Sample {
  readonly at: number;
  readonly mib: number;
}

/** Memory of a process, each second. */
export function watchMemory(pid: number): { readonly samples: readonly Sample[]; readonly stop: () => void } {
  const samples: Sample[] = [];
  const timer = setInterval(() => samples.push({ at: performance.now(), mib: rssMibOf(pid) }), 1000);
  return { samples, stop: () => clearInterval(timer) };
}

/** The memory during an outage; its first part is left out of the spread, since what was in flight before it ends there. */
export function memoryIn(samples: readonly Sample[], stalledMs: number, backMs: number) {
  const during = samples.filter(({ at }) => at > stalledMs && at <= backMs);
  const settledMs = stalledMs + Math.min(60_000, (backMs - stalledMs) / 4);
  const settled = during.filter(({ at }) => at > settledMs).map(({ mib }) => mib);
  const sorted = settled.toSorted((a, b) => a - b);
  const [lowest, median, highest] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!];
  const tenth = Math.ceil(settled.length / 10);
  return {
    rssMib: {
      atStart: round(during[0]?.mib ?? 0),
      median: round(median),
      min: round(lowest),
      max: round(highest),
      firstTenth: round(mean(settled.slice(0, tenth))),
      lastTenth: round(mean(settled.slice(-tenth))),
    },
    rssPercentOfMedian: { below: round((1 - lowest / median) * 100), above: round((highest / median - 1) * 100) },
  };
}

export interface Outage {
  readonly stalledMs: number;
  readonly backMs: number;
  /** How long answers were watched before the outage and after it. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** From the end of an outage to the first answer, and to 90 % of the rate before it. */
export function recoveryOf(times: readonly number[], { stalledMs, backMs, beforeMs, afterMs }: Outage) {
  const rateOf = (from: number, to: number): number => times.filter((at) => at > from && at <= to).length / ((to - from) / 1000);
  const fullRate = rateOf(stalledMs - beforeMs / 2, stalledMs);
  let toFullRateMs = 1000;
  while (toFullRateMs < afterMs && rateOf(backMs + toFullRateMs - 1000, backMs + toFullRateMs) < 0.9 * fullRate) toFullRateMs += 100;
  return {
    fullRate: round(fullRate),
    firstAnswerMs: Math.round((times.find((at) => at > backMs) ?? Infinity) - backMs),
    toFullRateMs,
    rateFromThenOn: round(rateOf(backMs + toFullRateMs, backMs + afterMs)),
  };
}

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
const round = (value: number): number => Math.round(value * 10) / 10;
