import { type Observable, defer, tap } from 'rxjs';
import type { Availability } from '../availability.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { errorClassOf } from '../errors/errorClassOf.ts';
import { makeCaptioner } from '../makeCaptioner.ts';
import { ProviderError } from '../errors/providerError.ts';
import { ApiKeyPool } from './quota/apiKeyPool.ts';
import { ONE_REQUEST } from './quota/callSize.ts';
import { circuitBreakerOptions } from './health/circuitBreaker.ts';
import { concurrencyOptions } from './health/concurrencyLimit.ts';
import { TargetAvailability } from './targetAvailability.ts';
import { type Outcome, TargetHealth } from './health/targetHealth.ts';

export type AvailableCaptioner = Captioner & { readonly availability: Availability };

/** Gives an availability to a captioner that has none, from what its calls bring: concurrent calls, cooldowns, a circuit breaker. */
export const withAvailability = (name: string, inner: Captioner): AvailableCaptioner =>
  hasAvailability(inner) ? inner : watched(name, inner);

const hasAvailability = (inner: Captioner): inner is AvailableCaptioner => inner.availability !== undefined;

function watched(name: string, inner: Captioner): AvailableCaptioner {
  const keys = new ApiKeyPool([], {});
  const health = new TargetHealth(name, concurrencyOptions.parse(undefined), circuitBreakerOptions.parse(undefined));
  const availability = new TargetAvailability(keys, health, () => ONE_REQUEST);

  const ask = (request: CaptionRequest): Observable<Answer> =>
    defer(() => {
      const beganMs = performance.now();
      const { key } = keys.take(ONE_REQUEST, beganMs);
      const endCall = health.begin(beganMs);
      let isOver = false;
      const end = (outcome: Outcome, error?: unknown): void => {
        if (isOver) return;
        isOver = true;
        const nowMs = performance.now();
        if (error instanceof ProviderError) keys.fail(key, error.failure, nowMs);
        if (outcome === 'ok') key.succeed();
        endCall(outcome, nowMs);
        availability.changed();
      };
      return defer(() => inner(request)).pipe(
        tap({
          error: (error: unknown) => end(errorClassOf(error) ?? 'unknown', error),
          complete: () => end('ok'),
          unsubscribe: () => end('cancelled'),
        }),
      );
    });
  return Object.assign(makeCaptioner(ask, inner.plan, inner.close), { availability });
}
