/** A token bucket: `perMinute` tokens flow in evenly, up to `burstMs` worth of them. Times in simulated milliseconds. */
export interface MinuteBucket {
  readonly limit: number;
  /** Tokens in it now; below zero after a call that cost more than was estimated. */
  left(nowMs: number): number;
  /** Milliseconds until it holds `amount`; 0 if it does. */
  waitMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): void;
}

export function minuteBucket(perMinute: number, burstMs: number): MinuteBucket {
  const perMs = perMinute / 60_000;
  const capacity = Math.max(perMs * burstMs, 1);
  let level = capacity;
  let at = 0;
  const refill = (nowMs: number): number => {
    if (nowMs > at) {
      level = Math.min(capacity, level + (nowMs - at) * perMs);
      at = nowMs;
    }
    return level;
  };
  return {
    limit: perMinute,
    left: (nowMs) => refill(nowMs),
    // A call larger than the whole bucket passes when the bucket is full; else it could never pass.
    waitMs: (amount, nowMs) => Math.max(0, (Math.min(amount, capacity) - refill(nowMs)) / perMs),
    take: (amount, nowMs) => {
      level = refill(nowMs) - amount;
    },
  };
}
