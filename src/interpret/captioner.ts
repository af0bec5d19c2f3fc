import type { Observable } from 'rxjs';
import type { Availability } from './availability.ts';
import type { Answer } from './caption.ts';
import type { CaptionRequest } from './captionRequest.ts';
import type { Plan } from './plan.ts';

/**
 * Anything that can say what a frame shows: a provider, or a combinator of captioners. A cold Observable of one
 * answer: subscribe to ask, unsubscribe to hang up. Errors with a PipelineError: PROVIDER_FAILED (see `retryable`),
 * PROVIDER_REFUSED, PROVIDERS_EXHAUSTED, KEYS_REJECTED, BUDGET_SPENT or DEADLINE_PASSED.
 * To add one, write a file in `providers/` or `combinators/` with a function that returns this. A provider over HTTP is
 * `httpTarget` with an `ApiCodec`, which has keys, quotas, health and price; a combinator of one captioner is `wrapCaptioner`;
 * anything else is `makeCaptioner`.
 */
export interface Captioner {
  (request: CaptionRequest): Observable<Answer>;
  readonly plan: Plan;
  /** When it may be asked. Absent: always. */
  readonly availability?: Availability;
  /** The same captioner under the name that a route gives it. Absent: it keeps its names. */
  readonly named?: (name: string) => Captioner;
  /** Ends connections and timers. */
  readonly close?: () => Promise<void>;
}
