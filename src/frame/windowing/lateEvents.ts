import type { Events } from '../../decode/events.ts';
import type { EventSlice } from '../eventWindow.ts';

/** A sensor that was switched off and on starts its clock again: this far back, and for this many events without one in between that fits. */
const RESTART_US = 1_000_000;
const RESTART_EVENTS = 256;

/** Counts and keeps the events that no window can take any more. */
export interface LateEvents {
  readonly count: number;
  /** Events in a row that came `behindUs` too late: how many of them are dropped, before the clock must be taken for restarted. */
  drop(events: number, behindUs: number): number;
  /** Keeps dropped events until `take` is called. */
  keep(events: Events, from: number, to: number): void;
  /** What was kept since the last time. */
  take(): readonly EventSlice[];
  /** Whether the sensor's clock must be taken for restarted. */
  readonly clockRestarted: boolean;
  /** An event that fits, or a new start. */
  clear(): void;
}

export function countLate(): LateEvents {
  let count = 0;
  let far = 0;
  let kept: EventSlice[] = [];
  return {
    get count() {
      return count;
    },
    get clockRestarted() {
      return far >= RESTART_EVENTS;
    },
    drop(events, behindUs) {
      const dropped = behindUs > RESTART_US ? Math.min(events, RESTART_EVENTS - far) : events;
      far = behindUs > RESTART_US ? far + dropped : 0;
      count += dropped;
      return dropped;
    },
    keep(events, from, to) {
      const last = kept.at(-1);
      if (from === to) return;
      if (last?.events === events && last.to === from) kept[kept.length - 1] = { ...last, to };
      else kept.push({ events, from, to });
    },
    take() {
      const taken = kept;
      kept = [];
      return taken;
    },
    clear() {
      far = 0;
    },
  };
}
