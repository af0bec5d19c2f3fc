import type { Secret } from '../../../secret.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import type { CallSize } from './callSize.ts';
import type { RateLimits } from './rateLimits.ts';
import { type SettleQuota, TokenBuckets } from './tokenBuckets.ts';

/** How often a disabled key is tried again: its account may have been paid for. */
const PROBE_MS = 10 * 60_000;
/** Cooldowns after a 429 that does not say how long: doubled each time, with jitter. */
const FIRST_COOLDOWN_MS = 500;
const LONGEST_COOLDOWN_MS = 30_000;

/** One API key of a target with its quotas and its cooldown. Times are `performance.now()` milliseconds. */
export class ApiKey {
  readonly secret: Secret | undefined;
  readonly quotas: TokenBuckets;
  /** Calls ever made with it. */
  calls = 0;
  #cooldownUntil = -Infinity;
  /** Out for good, but for a probe each `PROBE_MS`. */
  #isDisabled = false;
  #failures = 0;

  constructor(secret: Secret | undefined, limits: RateLimits) {
    this.secret = secret;
    this.quotas = new TokenBuckets(limits);
  }

  get alias(): string {
    return this.secret?.alias ?? '';
  }

  /** When a call of this size may start. */
  readyAt(size: CallSize, nowMs: number): number {
    const wait = this.quotas.waitMs(size, nowMs);
    return Math.max(this.#cooldownUntil, wait > 0 ? nowMs + wait : -Infinity);
  }

  /** When it is free of its cooldown, quotas aside; Infinity where it is disabled. */
  backAt(nowMs: number): number {
    return this.#isDisabled && this.#cooldownUntil > nowMs ? Infinity : this.#cooldownUntil;
  }

  take(size: CallSize, nowMs: number): SettleQuota {
    this.calls++;
    // A probe of a disabled key is one call, not a flood.
    if (this.#isDisabled) this.#cooldownUntil = nowMs + PROBE_MS;
    return this.quotas.take(size, nowMs);
  }

  /** A call succeeded: earlier failures no longer count. */
  succeed(): void {
    this.#failures = 0;
    if (!this.#isDisabled) return;
    this.#isDisabled = false;
    this.#cooldownUntil = -Infinity;
  }

  /** Out of use until the failure's `waitMs` has passed; for good where it gave no wait and is no rate limit. */
  coolDown(failure: CallFailure, nowMs: number, random: () => number): void {
    this.#failures++;
    const guess = Math.min(LONGEST_COOLDOWN_MS, FIRST_COOLDOWN_MS * 2 ** (this.#failures - 1)) * (0.8 + 0.4 * random());
    const waitMs = failure.waitMs ?? (failure.class === 'rate_limit' ? guess : Infinity);
    this.#isDisabled = waitMs === Infinity;
    // Of two cooldowns of one key the later end holds.
    this.#cooldownUntil = Math.max(this.#cooldownUntil, nowMs + (this.#isDisabled ? PROBE_MS : waitMs));
  }
}
