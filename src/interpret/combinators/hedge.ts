import { EMPTY, type Observable, merge, mergeMap, take, tap, timer } from 'rxjs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { goOnWith } from '../../stage/goOnWith.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { RunningQuantile } from './support/runningQuantile.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

export interface HedgeOptions {
  /** The share of calls that are answered sooner than the wait for the second call, as seen so far. @default 0.95 */
  quantile?: number;
  /** Second calls as a share of all calls, at most. @default 0.03 */
  extra?: number;
  /** Never ask a second time sooner than this, in milliseconds. @default 50 */
  atLeastMs?: number;
}

const schema = z.strictObject({
  quantile: z.number().gt(0.5).lt(1).default(0.95),
  extra: z.number().gt(0).max(1).default(0.03),
  atLeastMs: z.number().min(0).default(50),
});

/** Second calls that may be saved up. */
const MOST_SAVED = 10;

/**
 * Asks a second time when an answer takes longer than nearly all did, and takes whichever comes first; the other is hung
 * up on, and is in the route as cancelled. Second calls have a budget, so that a slow day does not double the cost
 * (The Tail at Scale, CACM 56/2).
 */
export function hedge(inner: Captioner, options: HedgeOptions = {}): Captioner {
  const { quantile, extra, atLeastMs } = readOptions('hedge', schema, options);
  const latency = new RunningQuantile(quantile);
  let saved = 0;

  const second = (target: Captioner, request: CaptionRequest, afterMs: number): Observable<Answer> =>
    timer(Math.max(atLeastMs, afterMs)).pipe(
      mergeMap(() => {
        if (saved < 1) return EMPTY;
        saved--;
        return target(request);
      }),
      // Only the first call's failure is the frame's.
      goOnWith('hedge', () => EMPTY),
    );

  const ask = (target: Captioner, request: CaptionRequest): Observable<Answer> => {
    const beganMs = performance.now();
    saved = Math.min(MOST_SAVED, saved + extra);
    const afterMs = latency.value;
    const first = target(request);
    const answer = afterMs === undefined ? first : merge(first, second(target, request, afterMs)).pipe(take(1));
    return answer.pipe(tap(() => latency.add(performance.now() - beganMs)));
  };
  return wrapCaptioner(inner, ask, `a second call after the ${quantile * 100} % latency, for at most ${extra * 100} % of calls`);
}
