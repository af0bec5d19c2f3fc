import { Observable, type Subscriber } from 'rxjs';
import { PipelineError } from '../../../errors.ts';
import type { Answer } from '../../caption.ts';
import type { CaptionRequest } from '../../captionRequest.ts';
import type { TargetAvailability } from '../../limits/targetAvailability.ts';
import type { TargetPlan } from '../../plan.ts';
import { type CallFailure, ProviderError } from '../../errors/providerError.ts';
import { requestHash } from '../../requestHash.ts';
import { CallAttempt, type TargetState } from './callAttempt.ts';
import type { CallResult, Transport } from '../transport.ts';

/** What a call needs of its target. */
export interface CallableTarget extends TargetState {
  readonly plan: TargetPlan;
  readonly availability: TargetAvailability;
  readonly transport: Transport;
}

/** One call to a target that is available: subscribe to make it, unsubscribe to hang up. */
export const targetCall = (target: CallableTarget, request: CaptionRequest): Observable<Answer> =>
  new Observable((subscriber) => {
    if (request.mayCall?.() === false) {
      subscriber.error(claimExpired());
      return undefined;
    }
    const settleCost = request.budget?.reserve(target.worstCost.of(request));
    if (request.budget && !settleCost) {
      subscriber.error(new PipelineError('BUDGET_SPENT', `${target.name}: the next call could pass the cap in USD`));
      return undefined;
    }
    return startCall(target, request, new CallAttempt(target, request, settleCost), subscriber);
  });

/** Returns what hangs up. */
function startCall(target: CallableTarget, request: CaptionRequest, attempt: CallAttempt, subscriber: Subscriber<Answer>): () => void {
  let cancel: (() => void) | undefined;
  try {
    cancel = target.transport.start(request, attempt.key.secret, (result) => {
      deliver(target, request, attempt, result, subscriber);
      target.availability.changed();
    });
  } catch (error) {
    // No call was made: a key that cannot be read is the configuration's fault.
    attempt.abandon();
    subscriber.error(error);
  }
  return () => {
    if (attempt.isOver) return;
    cancel?.();
    attempt.end({ status: 0, failure: { class: 'cancelled', reason: 'the caller hung up' } });
    target.availability.changed();
  };
}

function deliver(
  target: CallableTarget,
  request: CaptionRequest,
  attempt: CallAttempt,
  result: CallResult,
  subscriber: Subscriber<Answer>,
): void {
  const { reading, fault } = result;
  if (fault) {
    attempt.abandon();
    subscriber.error(fault);
    return;
  }
  const failure = result.failure ?? (reading && reading.text.trim() !== '' ? undefined : NO_TEXT);
  if (failure || !reading) {
    const known = failure ?? NO_TEXT;
    const ended = attempt.end({ ...result, failure: known });
    if (attempt.isOfOldKey(known)) {
      subscriber.add(targetCall(target, request).subscribe(subscriber));
      return;
    }
    // A transport cancels a call of its own only where the claim to it has expired.
    subscriber.error(known.class === 'cancelled' ? claimExpired() : new ProviderError(known, ended.attempt));
    return;
  }
  const { cost } = attempt.end(result);
  subscriber.next({
    text: reading.text,
    target: target.name,
    provider: target.plan.provider,
    model: reading.model ?? target.plan.model,
    inputTokens: cost.inputTokens,
    outputTokens: cost.outputTokens,
    costUsd: cost.costUsd,
    priceDate: cost.priceDate,
    flags: [...(reading.truncated ? ['truncated'] : []), ...(reading.usage ? [] : ['estimated'])],
    cache: 'none',
    requestHash: requestHash(request, target.plan),
  });
  subscriber.complete();
}

const NO_TEXT: CallFailure = { class: 'malformed', reason: 'the reply holds no text' };

const claimExpired = (): PipelineError => new PipelineError('CLAIM_EXPIRED', 'the claim to this call has expired', { retryable: true });
