import { type CallSize, NO_CALL, QUOTA_KINDS, type QuotaKind } from './callSize.ts';
import type { QuotaReport } from './rateLimitHeaders.ts';
import type { RateLimits } from './rateLimits.ts';
import { SHARED_POLL_MS, TokenBucket } from './tokenBucket.ts';

/** Ends what a call took: `used` is what it really took, `reports` what the vendor says is left. */
export type SettleQuota = (used: CallSize, reports: readonly QuotaReport[], nowMs: number) => void;

/** All quotas of one key: a token bucket for each that was configured or that the vendor reported. */
export class TokenBuckets {
  readonly #buckets: Partial<Record<QuotaKind, TokenBucket>> = {};
  #share: number | undefined;
  /** All that was ever sent, with estimates replaced by what was used. */
  readonly #sent: Record<QuotaKind, number> = { ...NO_CALL };
  /** The part of it that no reply has come to yet. */
  readonly #underWay: Record<QuotaKind, number> = { ...NO_CALL };
  #hasReply = false;

  constructor(limits: RateLimits) {
    for (const kind of QUOTA_KINDS) {
      const limit = limits[`${kind}PerMinute`];
      if (limit !== undefined) this.#buckets[kind] = new TokenBucket(limit, performance.now());
    }
  }

  /** Milliseconds until a call of this size may be sent; 0 if it may now. */
  waitMs(size: CallSize, nowMs: number): number {
    // A shared quota that was not configured is learned with one call: other instances are using it.
    const isLearning = !this.#hasReply && (this.#share ?? 1) < 1 && this.#underWay.requests > 0;
    let wait = isLearning ? SHARED_POLL_MS : 0;
    for (const kind of QUOTA_KINDS) {
      const bucket = this.#buckets[kind];
      if (bucket) wait = Math.max(wait, bucket.waitMs(size[kind], nowMs));
    }
    return wait;
  }

  /** Takes what a call is expected to use. Returns the function for its end. */
  take(size: CallSize, beganMs: number): SettleQuota {
    for (const kind of QUOTA_KINDS) {
      this.#sent[kind] += size[kind];
      this.#buckets[kind]?.take(size[kind], beganMs);
    }
    const sentBefore = { ...this.#sent };
    const underWayBefore = { ...this.#underWay };
    for (const kind of QUOTA_KINDS) this.#underWay[kind] += size[kind];

    return (used, reports, nowMs) => {
      this.#hasReply = true;
      for (const kind of QUOTA_KINDS) {
        this.#underWay[kind] -= size[kind];
        this.#sent[kind] += used[kind] - size[kind];
        this.#buckets[kind]?.take(used[kind] - size[kind], nowMs);
      }
      for (const report of reports) {
        const { kind } = report;
        const sentSince = this.#sent[kind] - sentBefore[kind] - (used[kind] - size[kind]);
        this.#bucketOf(report, nowMs)?.learn(report, { beganMs, sentSince, underWay: underWayBefore[kind] }, nowMs);
      }
    };
  }

  distrust(nowMs: number): void {
    for (const kind of QUOTA_KINDS) this.#buckets[kind]?.distrust(nowMs);
  }

  /** From now on this part of each quota is ours, 0 to 1. */
  setShare(share: number, nowMs: number): void {
    if (share === this.#share) return;
    this.#share = share;
    for (const kind of QUOTA_KINDS) this.#buckets[kind]?.setShare(share, nowMs);
  }

  /** What remains of each quota. */
  remaining(nowMs: number): Readonly<Partial<Record<QuotaKind, number>>> {
    return Object.fromEntries(
      QUOTA_KINDS.flatMap((kind) => {
        const bucket = this.#buckets[kind];
        return bucket ? [[kind, bucket.remaining(nowMs)]] : [];
      }),
    );
  }

  /** A report without a limit says nothing of a quota that was never configured. */
  #bucketOf(report: QuotaReport, nowMs: number): TokenBucket | undefined {
    const { kind, limit } = report;
    if (limit === undefined) return this.#buckets[kind];
    return (this.#buckets[kind] ??= new TokenBucket(undefined, nowMs, report, this.#share));
  }
}
