import type { Trigger } from './trigger.ts';

/** Fires at the n-th event of a window. */
export function countTrigger(events: number): Trigger {
  let left = events;
  return {
    firesAt(_, from, to) {
      if (to - from < left) {
        left -= to - from;
        return -1;
      }
      return from + left;
    },
  };
}
