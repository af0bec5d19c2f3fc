import { report } from '../../../stage/report.ts';
import type { Attempt } from '../../caption.ts';
import type { CaptionRequest, SettleCost } from '../../captionRequest.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import type { ApiKey } from '../../limits/quota/apiKey.ts';
import type { ApiKeyPool } from '../../limits/quota/apiKeyPool.ts';
import { type CallSize, NO_CALL, ONE_REQUEST, callSize } from '../../limits/quota/callSize.ts';
import { rateLimitHeaders } from '../../limits/quota/rateLimitHeaders.ts';
import type { EndCall, TargetHealth } from '../../limits/health/targetHealth.ts';
import type { SettleQuota } from '../../limits/quota/tokenBuckets.ts';
import type { Price } from '../../pricing/price.ts';
import type { CallSizeEstimate } from './callSizeEstimate.ts';
import { type CallCost, costOf } from './costOf.ts';
import type { CallResult } from '../transport.ts';
import type { WorstCost } from './worstCost.ts';

/** What the calls of one target share. */
export interface TargetState {
  readonly name: string;
  readonly keys: ApiKeyPool;
  readonly health: TargetHealth;
  readonly sizes: CallSizeEstimate;
  readonly worstCost: WorstCost;
  readonly price: () => Price | undefined;
}

/** One call from its key to the record of it: everything that a call takes of its target is given back here. */
export class CallAttempt {
  readonly key: ApiKey;
  readonly #target: TargetState;
  readonly #request: CaptionRequest;
  readonly #settleCost: SettleCost | undefined;
  readonly #beganMs = performance.now();
  readonly #size: CallSize;
  readonly #settleQuota: SettleQuota;
  readonly #endCall: EndCall;
  /** The value of the key that the call was made with. */
  readonly #secret: string | undefined;
  #isOver = false;

  constructor(target: TargetState, request: CaptionRequest, settleCost: SettleCost | undefined) {
    this.#target = target;
    this.#request = request;
    this.#settleCost = settleCost;
    this.#size = target.sizes.of(request);
    const { key, settle } = target.keys.take(this.#size, this.#beganMs);
    this.key = key;
    this.#secret = key.secret?.missing() === undefined ? key.secret?.read() : undefined;
    this.#settleQuota = settle;
    this.#endCall = target.health.begin(this.#beganMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the upstream rejected a key that has been replaced since the call began: with the new one it may be made again. */
  isOfOldKey({ class: outcome }: CallFailure): boolean {
    return outcome === 'credential' && this.#secret !== undefined && (this.key.secret?.changedFrom?.(this.#secret) ?? false);
  }

  /** The call was not made. */
  abandon(): void {
    this.#isOver = true;
    this.#settleQuota(NO_CALL, [], this.#beganMs);
    this.#settleCost?.(0);
    this.#endCall('cancelled', this.#beganMs);
  }

  /** The call ended: records the attempt. */
  end(result: CallResult): { readonly attempt: Attempt; readonly cost: CallCost } {
    this.#isOver = true;
    const nowMs = performance.now();
    const cost = costOf(result.reading, this.#size.inputTokens, this.#target.price());
    const attempt = this.#attemptOf(result, cost, nowMs);
    this.#request.route.push(attempt);
    report('attempt', () => attempt);
    this.#pay(cost.costUsd);
    this.#settle(result, cost, nowMs);
    this.#endCall(attempt.outcome, nowMs);
    return { attempt, cost };
  }

  #attemptOf({ status, failure }: CallResult, { inputTokens, outputTokens, costUsd }: CallCost, nowMs: number): Attempt {
    return {
      target: this.#target.name,
      key: this.key.alias,
      startedAtUs: Math.round((performance.timeOrigin + this.#beganMs) * 1000),
      ms: Math.round((nowMs - this.#beganMs) * 1000) / 1000,
      status,
      outcome: failure?.class ?? 'ok',
      reason: failure?.reason ?? '',
      inputTokens,
      outputTokens,
      costUsd,
    };
  }

  #pay(costUsd: number | null): void {
    this.#settleCost?.(costUsd ?? 0);
    if (this.#request.budget && costUsd) this.#target.worstCost.observe(this.#request, costUsd);
  }

  #settle({ status, headers, reading, failure }: CallResult, { inputTokens, outputTokens }: CallCost, nowMs: number): void {
    const used = reading ? callSize(inputTokens, outputTokens) : status === 0 ? this.#size : ONE_REQUEST;
    this.#settleQuota(used, headers ? rateLimitHeaders(headers, Date.now()) : [], nowMs);
    if (reading?.usage && !failure) this.#target.sizes.observe(outputTokens);
    if (!failure) this.key.succeed();
    else if (!this.isOfOldKey(failure)) this.#target.keys.fail(this.key, failure, nowMs);
  }
}
