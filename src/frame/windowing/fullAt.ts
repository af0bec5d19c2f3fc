import type { Judge } from './cutInSeries.ts';

/** Calls a window full at its n-th event. */
export function fullAt(events: number): Judge {
  let left = events;
  return {
    fills(_, from, to) {
      if (to - from < left) {
        left -= to - from;
        return -1;
      }
      return from + left;
    },
  };
}
