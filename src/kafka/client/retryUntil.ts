import { isRetriable } from './isRetriable.ts';
import { pause } from './pause.ts';

const LONGEST_PAUSE_MS = 2000;

export interface RetryOptions {
  /** Pause after the first failure, in milliseconds; it doubles with each further one, up to two seconds. @default 50 */
  readonly firstPauseMs?: number;
  /** A failure that has happened already: the first attempt waits for its pause as well. */
  readonly afterFailure?: Error;
}

/**
 * Repeats `work`, which a broker may refuse while it is being restarted, until it succeeds.
 *
 * Rejects with the last failure where that is not retriable, or when it is time to give up.
 *
 * @param giveUp milliseconds from now, or a condition that is checked after each failure
 */
export async function retryUntil<Out>(
  work: () => Promise<Out>,
  giveUp: number | (() => boolean),
  { firstPauseMs = 50, afterFailure }: RetryOptions = {},
): Promise<Out> {
  const giveUpAt = performance.now() + (typeof giveUp === 'number' ? giveUp : 0);
  const isTimeToGiveUp = typeof giveUp === 'number' ? (): boolean => performance.now() > giveUpAt : giveUp;
  let pauseMs = firstPauseMs;
  const pauseOrThrow = async (failure: unknown): Promise<void> => {
    if (isTimeToGiveUp() || !isRetriable(failure)) throw failure;
    await pause(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  };
  if (afterFailure) await pauseOrThrow(afterFailure);
  for (;;) {
    try {
      return await work();
    } catch (failure) {
      await pauseOrThrow(failure);
    }
  }
}
