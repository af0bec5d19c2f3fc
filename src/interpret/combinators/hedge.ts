import { EMPTY, type Observable, catchError, defer, merge, mergeMap, take, tap, timer } from 'rxjs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { wrap } from './support/wrap.ts';

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

/** Answers that must have been seen before anything is called slow. */
const SEEN = 50;

/**
 * Asks a second time when an answer takes longer than nearly all did, and takes whichever comes first; the other is hung
 * up on, and is in the route as cancelled. Second calls have a budget, so that a slow day does not double the bill
 * (The Tail at Scale, CACM 56/2).
 */
export function hedge(inner: Captioner, options: HedgeOptions = {}): Captioner {
  const { quantile, extra, atLeastMs } = readOptions('hedge', schema, options);
  const slow = quantileOf(quantile);
  let credit = 0;

  const ask = (target: Captioner, request: CaptionRequest): Observable<Answer> =>
    defer(() => {
      const began = performance.now();
      credit = Math.min(10, credit + extra);
      const first = target(request);
      const afterMs = slow.value();
      if (afterMs === undefined) return first.pipe(tap(() => slow.saw(performance.now() - began)));
      const second = timer(Math.max(atLeastMs, afterMs)).pipe(
        mergeMap(() => {
          if (credit < 1) return EMPTY;
          credit--;
          return target(request);
        }),
        // Only the first call's failure is the frame's.
        catchError(() => EMPTY),
      );
      return merge(first, second).pipe(
        take(1),
        tap(() => slow.saw(performance.now() - began)),
      );
    });
  return wrap(inner, ask, `a second call after the ${quantile * 100} % latency, for at most ${extra * 100} % of calls`);
}

/** A running quantile without samples: a step up for each value above, a smaller one down for each below. */
function quantileOf(q: number): { value(): number | undefined; saw(ms: number): void } {
  let seen = 0;
  let value = 0;
  let mean = 0;
  return {
    value: () => (seen < SEEN ? undefined : value),
    saw(ms) {
      seen++;
      mean += (ms - mean) / Math.min(seen, SEEN);
      if (seen === 1) value = ms;
      const step = mean * (seen < SEEN ? 0.2 : 0.05);
      value += ms > value ? step * q : -step * (1 - q);
    },
  };
}
