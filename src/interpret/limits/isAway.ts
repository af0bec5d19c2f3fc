import type { Availability } from '../availability.ts';

/** How long a frame waits out a cooldown rather than going to a fallback, where nothing else was configured. */
export const MAX_COOLDOWN_WAIT_MS = 10_000;

/** Whether it is down, or in a cooldown of more than `maxWaitMs`. */
export const isAway = (availability: Availability, maxWaitMs: number, nowMs: number): boolean =>
  availability.isDown(nowMs) || availability.backAt(nowMs) > nowMs + maxWaitMs;
