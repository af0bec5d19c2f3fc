import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A function that waits until something is due that happened at `atMs`: the first call is due at once, and time runs at
 * `speed` from there. Infinity never waits. After a step back in time the next call is the first one.
 */
export function paceOf(speed: number, signal?: AbortSignal): (atMs: number) => Promise<void> {
  let first: number | undefined;
  let begun = 0;
  return async (atMs) => {
    if (speed === Infinity || !Number.isFinite(atMs)) return;
    if (first === undefined || atMs < first) {
      first = atMs;
      begun = performance.now();
    }
    const waitMs = (atMs - first) / speed - (performance.now() - begun);
    if (waitMs > 2) await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {});
  };
}
