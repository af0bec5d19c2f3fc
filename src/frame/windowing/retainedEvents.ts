import type { Events } from '../../decode/events.ts';
import type { Ack } from '../../stage/item.ts';
import type { EventSlice } from '../eventWindow.ts';
import type { HeldBatch } from './openWindow.ts';

/** Events behind the open windows, as far back as a renderer's horizon asks. */
export interface KeptEvents {
  add(batch: HeldBatch): void;
  /** Those with start - horizon <= t < start; oldest slice first. */
  before(start: number): readonly EventSlice[];
  /** No window will start before `start` any more: what only older ones needed is let go. */
  release(start: number): void;
}

/**
 * Keeps batches for `horizonUs`, with a share of their acks: a source that resumes must read again what the next
 * window's picture depends on, not only the window itself. Their acks alone are kept for `memoryUs` longer: filters
 * have seen these batches, also those of which they left nothing.
 */
export function keepEvents(horizonUs: number, memoryUs = 0): KeptEvents {
  if (horizonUs + memoryUs === 0) return { add: () => undefined, before: () => [], release: () => undefined };
  let kept: { readonly events: Events; readonly firstT: number; readonly lastT: number; readonly ack: Ack }[] = [];
  return {
    add(batch) {
      const [firstT, lastT] = extent(batch, memoryUs > 0);
      if (lastT === -Infinity) return;
      kept.push({ events: batch.events, firstT, lastT, ack: batch.share() });
    },
    before: (start) =>
      (horizonUs === 0 ? [] : kept)
        .filter(({ firstT, lastT }) => firstT < start && lastT >= start - horizonUs)
        .flatMap(({ events }) => runsBetween(events, start - horizonUs, start)),
    release(start) {
      const isNeeded = ({ lastT }: { lastT: number }): boolean => lastT >= start - horizonUs - memoryUs;
      if (kept.every(isNeeded)) return;
      for (const batch of kept) if (!isNeeded(batch)) batch.ack();
      kept = kept.filter(isNeeded);
    },
  };
}

/** First and last time; with the clock of the stream where filters may have dropped what came last. */
function extent({ events: { t, length }, clockUs }: HeldBatch, withClock: boolean): [firstT: number, lastT: number] {
  let firstT = Infinity;
  let lastT = withClock && clockUs === clockUs ? clockUs : -Infinity;
  for (let i = 0; i < length; i++) {
    const at = t[i]!;
    if (at < firstT) firstT = at;
    if (at > lastT) lastT = at;
  }
  return [firstT, lastT];
}

/** Runs of those events from `first` up to, not including, `behind` with start <= t < end; one run where the times never decrease. */
export function runsBetween(events: Events, start: number, end: number, first = 0, behind = events.length): EventSlice[] {
  const { t } = events;
  const runs: EventSlice[] = [];
  for (let from = first; from < behind; from++) {
    if (t[from]! < start || t[from]! >= end) continue;
    let to = from + 1;
    while (to < behind && t[to]! >= start && t[to]! < end) to++;
    runs.push({ events, from, to });
    from = to;
  }
  return runs;
}
