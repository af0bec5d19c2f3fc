import { type Observable, defer, retry, throwError, timer } from 'rxjs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Captioner } from '../captioner.ts';
import { retriesOf } from '../errors/errorClassOf.ts';
import { ProviderError } from '../errors/providerError.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

export interface WithRetriesOptions {
  /** Calls after the first. @default 2 */
  times?: number;
  /** Wait before the first retry in milliseconds; doubled each time, with jitter. @default 500 */
  backoffMs?: number;
  /** Longest wait in milliseconds; an upstream that asks for more is not asked again. @default 60000 */
  longestWaitMs?: number;
}

const schema = z.strictObject({
  times: z.int().min(0).default(2),
  backoffMs: z.number().min(0).default(500),
  longestWaitMs: z.number().min(0).default(60_000),
});

/**
 * Asks again after a failure that may pass. Waits as long as the upstream asked for, in whatever form it did, and at
 * least the backoff. Within a route it is not needed: the route retries by itself.
 */
export function withRetries(inner: Captioner, options: WithRetriesOptions = {}): Captioner {
  const { times, backoffMs, longestWaitMs } = readOptions('withRetries', schema, options);
  const delay = (error: unknown, count: number): Observable<unknown> => {
    const askedMs = error instanceof ProviderError ? (error.failure.waitMs ?? 0) : 0;
    if (count > retriesOf(error) || askedMs > longestWaitMs) return throwError(() => error);
    const waitMs = Math.max(askedMs, backoffMs * 2 ** (count - 1) * (0.75 + 0.5 * Math.random()));
    return timer(Math.min(waitMs, longestWaitMs));
  };
  return wrapCaptioner(
    inner,
    (target, request) => defer(() => target(request)).pipe(retry({ count: times, delay })),
    `retry up to ${times} times`,
  );
}
