import type { Ack } from '../../stage/item.ts';
import type { EventSlice } from '../eventWindow.ts';
import { runsBetween } from '../runsBetween.ts';
import { type HeldBatch, hold, letGo } from './openWindow.ts';

/** Events from before the open windows, as far back as the renderer's horizon. */
export interface RetainedEvents {
  add(batch: HeldBatch): void;
  /** Events with start - horizon <= t < start; oldest slice first. */
  before(start: number): readonly EventSlice[];
  /** No later window starts before `start`: events that only older windows needed are released. */
  release(start: number): void;
}

/**
 * Retains batches for `horizonUs`, with a share of their acks: a source that resumes must read again what the next
 * window's picture depends on, not only the window itself. Acks alone are retained for `memoryUs` longer: filters have
 * seen these batches, also those of which they left nothing.
 */
export function retainEvents(horizonUs: number, memoryUs = 0): RetainedEvents {
  if (horizonUs + memoryUs === 0) return { add: () => undefined, before: () => [], release: () => undefined };
  let retained: { readonly batch: HeldBatch; readonly firstT: number; readonly lastT: number; readonly ack: Ack }[] = [];
  return {
    add(batch) {
      const [firstT, lastT] = extent(batch, memoryUs > 0);
      if (lastT === -Infinity) return;
      hold(batch);
      retained.push({ batch, firstT, lastT, ack: batch.share() });
    },
    before: (start) =>
      (horizonUs === 0 ? [] : retained)
        .filter(({ firstT, lastT }) => firstT < start && lastT >= start - horizonUs)
        .flatMap(({ batch }) => runsBetween(batch.events, start - horizonUs, start)),
    release(start) {
      const isNeeded = ({ lastT }: { lastT: number }): boolean => lastT >= start - horizonUs - memoryUs;
      if (retained.every(isNeeded)) return;
      const released = retained.filter((one) => !isNeeded(one));
      retained = retained.filter(isNeeded);
      for (const { batch, ack } of released) {
        letGo(batch);
        ack();
      }
    },
  };
}

/** First and last time; with the clock of the stream where filters may have dropped the last events. */
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
