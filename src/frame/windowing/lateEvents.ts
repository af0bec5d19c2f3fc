import type { EventBatch } from '../../decode/events.ts';
import type { ResumePoint } from '../../stage/session.ts';
import type { EventSlice } from '../eventWindow.ts';

/**
 * A sensor that was switched off and on restarts its clock. Its events are then this far behind the stream, and this many of them
 * come without one in between that is in time.
 */
const RESTART_US = 1_000_000;
const RESTART_EVENTS = 256;

/** Counts and collects late events: those that came after their windows had been closed. */
export interface LateEvents {
  readonly count: number;
  /**
   * Drops the events `from` up to, not including, `to` of a batch, which came `behindUs` too late. Returns the index after the last
   * one that was dropped: dropping stops where the sensor's clock must be taken for restarted.
   */
  drop(batch: EventBatch, from: number, to: number, behindUs: number): number;
  /** The events that were dropped since the last call. */
  take(): readonly EventSlice[];
  /** Whether the sensor's clock must be taken for restarted. */
  readonly clockRestarted: boolean;
  /** An event was in time, or the clock was taken for restarted. */
  clear(): void;
}

/**
 * Packets that hold the end of the last finished window (`after`) also hold events from before that end. These were reported before
 * the restart of the run, and are no sign of a restarted clock.
 */
export function collectLate(after: ResumePoint | undefined): LateEvents {
  const rereadBefore = after?.offset ?? -Infinity;
  let count = 0;
  let far = 0;
  let dropped: EventSlice[] = [];
  return {
    get count() {
      return count;
    },
    get clockRestarted() {
      return far >= RESTART_EVENTS;
    },
    drop(batch, from, to, behindUs) {
      const isReread = batch.position.first < rereadBefore;
      const isFar = behindUs > RESTART_US && !isReread;
      const end = isFar ? Math.min(to, from + RESTART_EVENTS - far) : to;
      far = isFar ? far + end - from : 0;
      count += end - from;
      if (!isReread) append(dropped, { events: batch.events, from, to: end });
      return end;
    },
    take() {
      const taken = dropped;
      dropped = [];
      return taken;
    },
    clear() {
      far = 0;
    },
  };
}

/** Joins slices that continue each other. */
function append(slices: EventSlice[], next: EventSlice): void {
  if (next.from === next.to) return;
  const last = slices.at(-1);
  if (last?.events === next.events && last.to === next.from) slices[slices.length - 1] = { ...last, to: next.to };
  else slices.push(next);
}
