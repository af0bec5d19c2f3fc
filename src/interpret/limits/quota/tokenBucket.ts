import type { QuotaReport } from './rateLimitHeaders.ts';

/** How much unused flow is kept, unless the vendor says that there is more: short windows are how vendors enforce a minute. */
const BURST_MS = 1_000;
/** The part of what the vendor says is left that is not used, since other clients may use the same quota. */
const MARGIN = 0.02;
const DISTRUST_MS = 60_000;
/** Nothing tells a waiting call when its share of a quota grows: it looks again after this time. */
export const SHARED_POLL_MS = 500;

/** What a call knew of the quota when it was sent. */
export interface SentCall {
  readonly beganMs: number;
  /** What was sent after it. */
  readonly sentSince: number;
  /** What was under way before it, which the vendor may not have seen yet. */
  readonly underWay: number;
}

/**
 * One quota of one key as a token bucket: amounts flow in evenly, as vendors do it, so that calls wait before the vendor has
 * to refuse them. It is corrected by what the vendor reports. Times are `performance.now()` milliseconds.
 */
export class TokenBucket {
  readonly #configured: number | undefined;
  /** Of all instances together. */
  #limit: number;
  /** The part of it that is ours; undefined: all of it, and it was never shared. */
  #share: number | undefined;
  #tokens: number;
  #filledAt: number;
  #distrustedUntil = -Infinity;

  /** `share`: the part of the quota that is ours. Then nothing is saved up at first: others may have used what a new bucket would hold. */
  constructor(configuredPerMinute: number | undefined, nowMs: number, learned?: QuotaReport, share?: number) {
    this.#configured = configuredPerMinute;
    this.#limit = configuredPerMinute ?? learned?.limit ?? Infinity;
    this.#share = share;
    this.#tokens = share === undefined ? this.#capacity : 0;
    this.#filledAt = nowMs;
  }

  /** Our part of the quota. */
  get perMinute(): number {
    return this.#share === undefined ? this.#limit : this.#share === 0 ? 0 : this.#limit * this.#share;
  }

  get #capacity(): number {
    return Math.max(1, (this.perMinute / 60_000) * BURST_MS);
  }

  remaining(nowMs: number): number {
    if (nowMs <= this.#filledAt) return this.#tokens;
    const capacity = this.#capacity;
    // What the vendor reported may be above the capacity; it is kept, but nothing is added to it.
    if (this.#tokens < capacity) this.#tokens = Math.min(capacity, this.#tokens + ((nowMs - this.#filledAt) * this.perMinute) / 60_000);
    this.#filledAt = nowMs;
    return this.#tokens;
  }

  /** Milliseconds until `amount` is there; 0 if it is. A call larger than the whole bucket passes when the bucket is full, else it could never pass. */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.#capacity) - this.remaining(nowMs);
    return missing <= 0 ? 0 : Math.min(missing / (this.perMinute / 60_000), this.#share === undefined ? Infinity : SHARED_POLL_MS);
  }

  /** Negative gives back. */
  take(amount: number, nowMs: number): void {
    this.#tokens = this.remaining(nowMs) - amount;
  }

  /** The vendor refused although something seemed to be left: for a while, a surplus that it reports is not believed. */
  distrust(nowMs: number): void {
    this.#distrustedUntil = nowMs + DISTRUST_MS;
    this.#tokens = Math.min(this.remaining(nowMs), 0);
  }

  /** From now on this part of the quota is ours, 0 to 1: what was saved up is cut to it. The first time nothing is left. */
  setShare(share: number, nowMs: number): void {
    if (share === this.#share) return;
    this.remaining(nowMs);
    const isFirst = this.#share === undefined;
    this.#share = share;
    this.#tokens = Math.min(this.#tokens, isFirst || share === 0 ? 0 : this.#capacity);
  }

  /** Corrects the bucket by what the vendor said was left when it took a call. */
  learn({ limit, remaining }: QuotaReport, { beganMs, sentSince, underWay }: SentCall, nowMs: number): void {
    this.remaining(nowMs);
    const share = this.#share ?? 1;
    // Of a shared quota only the even flow is ours: what seems left over may have been saved up by another instance.
    const isAllOurs = share === 1 && (this.#configured === undefined || limit === undefined || limit <= this.#configured);
    if (limit !== undefined) this.#limit = Math.min(this.#configured ?? Infinity, limit);
    const flowedIn = ((nowMs - beganMs) * this.#limit) / 60_000;
    const oursOf = (amount: number): number => Math.min(limit ?? Infinity, amount) * share * (1 - MARGIN) - sentSince;
    if (oursOf(remaining + flowedIn) < this.#tokens) this.#tokens = oursOf(remaining + flowedIn);
    // What flowed in since may have overflowed, since vendors do not say how much they save up; and calls overtake each other.
    else if (isAllOurs && nowMs > this.#distrustedUntil) this.#tokens = Math.max(this.#tokens, oursOf(remaining) - underWay);
  }
}
