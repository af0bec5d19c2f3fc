import type { Secret } from '../../../secret.ts';
import { consequenceOf } from '../../errors/errorClasses.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import { ApiKey } from './apiKey.ts';
import type { CallSize } from './callSize.ts';
import type { RateLimits } from './rateLimits.ts';
import type { SettleQuota } from './tokenBuckets.ts';

/** A key in use by one call. */
export interface TakenKey {
  readonly key: ApiKey;
  readonly settle: SettleQuota;
}

/** The API keys of one target: which one is next, and when. A target without keys has one that is empty. */
export class ApiKeyPool {
  readonly keys: readonly ApiKey[];
  readonly #random: () => number;

  constructor(secrets: readonly Secret[], limits: RateLimits, random: () => number = Math.random) {
    this.keys = (secrets.length > 0 ? secrets : [undefined]).map((secret) => new ApiKey(secret, limits));
    this.#random = random;
  }

  /** When a call of this size may start; the next probe where every key is disabled. */
  readyAt(size: CallSize, nowMs: number): number {
    let ready = Infinity;
    for (const key of this.keys) ready = Math.min(ready, key.readyAt(size, nowMs));
    return ready;
  }

  /** When any key is free of its cooldown, quotas aside; Infinity where every key is disabled. */
  backAt(nowMs: number): number {
    let back = Infinity;
    for (const key of this.keys) back = Math.min(back, key.backAt(nowMs));
    return back;
  }

  /** Takes the key that is ready first, of several the least used one, and what the call is expected to use of its quotas. */
  take(size: CallSize, nowMs: number): TakenKey {
    let best = this.keys[0]!;
    let bestAt = Infinity;
    for (const key of this.keys) {
      const at = Math.max(nowMs, key.readyAt(size, nowMs));
      if (at < bestAt || (at === bestAt && key.calls < best.calls)) {
        best = key;
        bestAt = at;
      }
    }
    return { key: best, settle: best.take(size, nowMs) };
  }

  /** A call failed: the key, or every key, cools down as its class asks. */
  fail(key: ApiKey, failure: CallFailure, nowMs: number): void {
    const { coolsDown } = consequenceOf(failure.class);
    if (failure.class === 'rate_limit') key.quotas.distrust(nowMs);
    for (const each of coolsDown === 'target' ? this.keys : coolsDown === 'key' ? [key] : []) each.coolDown(failure, nowMs, this.#random);
  }

  /** From now on this part of each key's quotas is ours, 0 to 1. */
  setShare(share: number, nowMs: number): void {
    for (const { quotas } of this.keys) quotas.setShare(share, nowMs);
  }
}
