/** A sensor that was switched off and on starts its clock again: this far back, and for this many events without one in between that fits. */
const RESTART_US = 1_000_000;
const RESTART_EVENTS = 256;

/** Counts the events that no window can take any more. */
export interface LateEvents {
  readonly count: number;
  /** Events in a row that came `behindUs` too late: how many of them are dropped, before the clock must be taken for restarted. */
  drop(events: number, behindUs: number): number;
  /** Whether the sensor's clock must be taken for restarted. */
  readonly clockRestarted: boolean;
  /** An event that fits, or a new start. */
  clear(): void;
}

export function countLate(): LateEvents {
  let count = 0;
  let far = 0;
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
    clear() {
      far = 0;
    },
  };
}
