import { type RecordableHistogram, createHistogram } from 'node:perf_hooks';
import { type Reports, listen } from '../stage/report.ts';
import type { CaptionRecord } from '../publish/captionRecord.ts';
import type { Summary, TargetSummary } from './summary.ts';
import { endAll } from './support/endAll.ts';

/** Sums over the calls to one target. */
interface Tally {
  asked: number;
  answered: number;
  rateLimited: number;
  fellBack: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number | null;
  readonly ms: RecordableHistogram;
}

/** Counts from now until `end` is called. Its memory does not grow with the run. */
export function watchSummary(): { read: () => Summary; end: () => void } {
  const begun = performance.now();
  const count = { packets: 0, cut: 0, skipped: 0, captioned: 0, quiet: 0, deadLettered: 0, packetsRejected: 0, late: 0 };
  const targets = new Map<string, Tally>();
  const tallyOf = (target: string): Tally => {
    const known = targets.get(target) ?? emptyTally();
    targets.set(target, known);
    return known;
  };

  const end = endAll([
    listen('stage', ({ stage, out, error }) => {
      if (error !== undefined) return;
      if (stage === 'consume') count.packets++;
      else if (stage === 'cut') count.cut++;
      else if (stage === 'skip') count.skipped++;
      else if (stage === 'publish') {
        const record = out as CaptionRecord;
        count[record.status]++;
        for (const target of new Set(record.route.map((attempt) => attempt.target)))
          if (target !== record.target) tallyOf(target).fellBack++;
      }
    }),
    listen('reject', ({ stage, code }) => {
      if (code === 'EVENTS_LATE') count.late++;
      else if (stage === 'decode') count.packetsRejected++;
      else count.deadLettered++;
    }),
    listen('attempt', (attempt) => addAttempt(tallyOf(attempt.target), attempt)),
  ]);

  return {
    end,
    read() {
      const { packets, skipped, captioned, quiet, deadLettered, packetsRejected, late } = count;
      const windows = count.cut - skipped;
      const rows = [...targets].map(([target, tally]) => summarise(target, tally));
      return {
        windows,
        captioned,
        quiet,
        deadLettered,
        open: windows - captioned - quiet - deadLettered,
        skipped,
        packetsRejected,
        late,
        packets,
        costUsd: rows.reduce<number | null>((sum, { costUsd }) => plus(sum, costUsd), 0),
        seconds: (performance.now() - begun) / 1000,
        targets: rows.toSorted((a, b) => a.target.localeCompare(b.target)),
      };
    },
  };
}

const emptyTally = (): Tally => ({
  asked: 0,
  answered: 0,
  rateLimited: 0,
  fellBack: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  ms: createHistogram(),
});

function addAttempt(tally: Tally, { outcome, ms, inputTokens, outputTokens, costUsd }: Reports['attempt']): void {
  tally.asked++;
  if (outcome === 'rate_limit') tally.rateLimited++;
  if (outcome === 'ok') {
    tally.answered++;
    tally.ms.record(Math.max(1, Math.round(ms * 1000)));
  }
  tally.inputTokens += inputTokens;
  tally.outputTokens += outputTokens;
  tally.costUsd = plus(tally.costUsd, costUsd);
}

function summarise(target: string, { ms, ...tally }: Tally): TargetSummary {
  const percentile = (p: number): number | null => (ms.count > 0 ? ms.percentile(p) / 1000 : null);
  return { target, ...tally, p50Ms: percentile(50), p99Ms: percentile(99) };
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
