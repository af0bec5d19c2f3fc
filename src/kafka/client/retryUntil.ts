import { setTimeout as sleep } from 'node:timers/promises';
import { isHopeless } from './isRetriable.ts';

/** Tries again, at growing intervals, what a broker that is being restarted refuses. */
export async function persist<Out>(work: () => Promise<Out>, giveUpAfterMs: number): Promise<Out> {
  const giveUpAt = performance.now() + giveUpAfterMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 2000)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > giveUpAt || isHopeless(error)) throw error;
      await sleep(pauseMs);
    }
  }
}
