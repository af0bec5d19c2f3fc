import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until it is time for something that happened at `atMs`, when the first thing is now and time runs at `speed`.
 * Infinity never waits. A step back in time begins anew.
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
