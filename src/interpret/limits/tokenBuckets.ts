import type { QuotaHint, QuotaKind } from './rateLimitHeaders.ts';

/**
 * Paces calls before the vendor has to refuse them. One bucket for each quota of one key; amounts flow in evenly, as
 * vendors do it. Times are `performance.now()` milliseconds.
 */
export interface Bucket {
  /** Milliseconds until `amount` is there; 0 if it is. */
  waitMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): void;
  /** Says what a call really used; negative gives back. */
  settle(more: number, nowMs: number): void;
  /**
   * What the vendor said was left when it took a call that began at `beganMs`; `sentSince` was sent after that one, and
   * `underWay` before it, which the vendor may not have seen yet.
   */
  learn(hint: QuotaHint, sentSince: number, underWay: number, beganMs: number, nowMs: number): void;
  /** The vendor refused although something seemed to be left: surplus it reports is not to be trusted for a while. */
  distrust(nowMs: number): void;
  /**
   * From now on this part of the quota is ours, 0 to 1: what was saved up is cut to it. The first time nothing is left,
   * since others may have used what a new bucket would hold.
   */
  share(part: number, nowMs: number): void;
  readonly perMinute: number;
  left(nowMs: number): number;
}

/** How much unused flow is kept, unless the vendor says that there is more: short windows are how vendors enforce a minute. */
const BURST_MS = 1_000;
/** Below what the vendor says is left by this share, since other clients may use the same quota. */
const MARGIN = 0.02;
const DISTRUST_MS = 60_000;
/** Nobody is told when a part grows: who waits for a shared quota looks again. */
const LOOK_AGAIN_MS = 500;

export function bucket(
  configuredPerMinute: number | undefined,
  firstHint: QuotaHint | undefined,
  nowMs: number,
  firstPart?: number,
): Bucket {
  let whole = configuredPerMinute ?? firstHint?.limit ?? Infinity;
  let part = firstPart;
  const ours = (): number => (part === undefined ? whole : part === 0 ? 0 : whole * part);
  const capacity = (): number => Math.max(1, (ours() / 60_000) * BURST_MS);
  let level = part === undefined ? capacity() : 0;
  let at = nowMs;
  let distrustedUntil = -Infinity;

  const refill = (now: number): number => {
    if (now > at) {
      // What the vendor reported may be above the burst; it is kept, but nothing is added to it.
      if (level < capacity()) level = Math.min(capacity(), level + ((now - at) * ours()) / 60_000);
      at = now;
    }
    return level;
  };

  return {
    get perMinute() {
      return ours();
    },
    left: refill,
    // A call larger than the whole bucket passes when the bucket is full; else it could never pass.
    waitMs: (amount, now) => {
      const missing = Math.min(amount, capacity()) - refill(now);
      return missing <= 0 ? 0 : Math.min(missing / (ours() / 60_000), part === undefined ? Infinity : LOOK_AGAIN_MS);
    },
    take: (amount, now) => {
      level = refill(now) - amount;
    },
    settle: (more, now) => {
      level = refill(now) - more;
    },
    distrust: (now) => {
      distrustedUntil = now + DISTRUST_MS;
      level = Math.min(refill(now), 0);
    },
    share: (next, now) => {
      if (next === part) return;
      refill(now);
      const isFirst = part === undefined;
      part = next;
      level = Math.min(level, isFirst || next === 0 ? 0 : capacity());
    },
    learn: ({ limit, remaining }, sentSince, underWay, beganMs, now) => {
      refill(now);
      // Of a part only the even flow is ours: what seems left over may be saved up by another instance.
      const wholeIsOurs = (part ?? 1) === 1 && (configuredPerMinute === undefined || limit === undefined || limit <= configuredPerMinute);
      if (limit !== undefined) whole = Math.min(configuredPerMinute ?? Infinity, limit);
      const flowed = ((now - beganMs) * whole) / 60_000;
      const there = (amount: number): number => Math.min(limit ?? Infinity, amount) * (part ?? 1) * (1 - MARGIN) - sentSince;
      if (there(remaining + flowed) < level) level = there(remaining + flowed);
      // What flowed since may have run over, how much a vendor saves up is not said; and calls overtake each other.
      else if (wholeIsOurs && now > distrustedUntil) level = Math.max(level, there(remaining) - underWay);
    },
  };
}

/** What one call takes from the quotas. */
export type CallSize = Readonly<Record<QuotaKind, number>>;

/** Limits of one key as configured. */
export interface Limits {
  /** @default what the vendor's headers say */
  requestsPerMinute?: number | undefined;
  /** Input and output together. @default what the vendor's headers say */
  tokensPerMinute?: number | undefined;
  /** @default what the vendor's headers say */
  inputTokensPerMinute?: number | undefined;
  /** @default what the vendor's headers say */
  outputTokensPerMinute?: number | undefined;
}

/** All quotas of one key. */
export interface Pace {
  waitMs(size: CallSize, nowMs: number): number;
  /** Takes a call's share. Returns the function for its end: `used` is what it really took, `hints` what the vendor says is left. */
  take(size: CallSize, nowMs: number): (used: CallSize, hints: readonly QuotaHint[], nowMs: number) => void;
  distrust(nowMs: number): void;
  /** From now on this part of each quota is ours, 0 to 1. */
  share(part: number, nowMs: number): void;
  /** By quota, what is left. */
  left(nowMs: number): Readonly<Record<string, number>>;
}

const KINDS: readonly QuotaKind[] = ['requests', 'tokens', 'inputTokens', 'outputTokens'];

export function pace(limits: Limits): Pace {
  const buckets: Partial<Record<QuotaKind, Bucket>> = {};
  let ourPart: number | undefined;
  /** All that was ever sent, estimates replaced by what was used. */
  const sent = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };
  /** Of it, what no reply has come to yet. */
  const underWay = { ...sent };
  let isHeard = false;
  for (const kind of KINDS) {
    const limit = limits[`${kind}PerMinute`];
    if (limit !== undefined) buckets[kind] = bucket(limit, undefined, performance.now());
  }
  return {
    waitMs(size, nowMs) {
      // Who shares a quota that nobody stated asks with one call what it is: the others are in the midst of using it.
      const isFirst = !isHeard && (ourPart ?? 1) < 1 && underWay.requests > 0;
      let wait = isFirst ? LOOK_AGAIN_MS : 0;
      for (const kind of KINDS) {
        const one = buckets[kind];
        if (one) wait = Math.max(wait, one.waitMs(size[kind], nowMs));
      }
      return wait;
    },
    take(size, beganMs) {
      for (const kind of KINDS) {
        sent[kind] += size[kind];
        buckets[kind]?.take(size[kind], beganMs);
      }
      const sentBefore = { ...sent };
      const before = { ...underWay };
      for (const kind of KINDS) underWay[kind] += size[kind];
      return (used, hints, nowMs) => {
        isHeard = true;
        for (const kind of KINDS) {
          underWay[kind] -= size[kind];
          sent[kind] += used[kind] - size[kind];
          buckets[kind]?.settle(used[kind] - size[kind], nowMs);
        }
        for (const hint of hints) {
          const { kind, limit } = hint;
          if (limit === undefined && !buckets[kind]) continue;
          const one = (buckets[kind] ??= bucket(undefined, hint, nowMs, ourPart));
          one.learn(hint, sent[kind] - sentBefore[kind] - (used[kind] - size[kind]), before[kind], beganMs, nowMs);
        }
      };
    },
    distrust(nowMs) {
      for (const kind of KINDS) buckets[kind]?.distrust(nowMs);
    },
    share(part, nowMs) {
      if (part === ourPart) return;
      ourPart = part;
      for (const kind of KINDS) buckets[kind]?.share(part, nowMs);
    },
    left: (nowMs) => Object.fromEntries(KINDS.flatMap((kind) => (buckets[kind] ? [[kind, buckets[kind].left(nowMs)]] : []))),
  };
}
