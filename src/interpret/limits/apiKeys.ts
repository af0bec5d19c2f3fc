import type { Secret } from '../../secret.ts';
import { consequenceOf } from '../errorClasses.ts';
import type { CallFailure } from '../providerError.ts';
import { type CallSize, type Limits, type Pace, pace } from './tokenBuckets.ts';

/** One key of a target, with what is known of its quota. */
export interface Key {
  readonly alias: string;
  readonly secret: Secret | undefined;
  readonly pace: Pace;
  /** `performance.now()` until which it is not used. */
  parkedUntil: number;
  /** Parked for good: only a probe after `probeMs` may find it alive again. */
  dead: boolean;
  calls: number;
}

/** A key in use by one call. */
export interface Picked {
  readonly key: Key;
  readonly settle: ReturnType<Pace['take']>;
}

/** The keys of one target: which one is next, and when. */
export interface Keyring {
  /** When a call of this size may start; Infinity where every key is dead. */
  readyAt(size: CallSize, nowMs: number): number;
  /** When any key is free of cooldowns, pacing aside; Infinity where every key is dead. */
  backAt(nowMs: number): number;
  /** The key to use now; only after `readyAt` said so. Takes the call's share of its quota until `settle`. */
  pick(size: CallSize, nowMs: number): Picked;
  /** A call succeeded: whatever was held against the key is forgotten. */
  succeed(key: Key): void;
  /** A call failed: parks the key, or all of them, as the class asks. */
  fail(key: Key, failure: CallFailure, nowMs: number): void;
  /** From now on this part of each key's quotas is ours, 0 to 1. */
  share(part: number, nowMs: number): void;
  readonly keys: readonly Key[];
}

/** How often a key that seems dead is tried again: somebody may have paid the bill. */
const PROBE_MS = 10 * 60_000;
/** Waits after a 429 that does not say how long: doubled each time, with jitter. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export function keyring(secrets: readonly Secret[], limits: Limits, random: () => number): Keyring {
  const made = (secret: Secret | undefined): Key => ({
    alias: secret?.alias ?? '',
    secret,
    pace: pace(limits),
    parkedUntil: -Infinity,
    dead: false,
    calls: 0,
  });
  const keys = secrets.length > 0 ? secrets.map(made) : [made(undefined)];
  const strikes = new WeakMap<Key, number>();
  const keyReadyAt = (key: Key, size: CallSize, nowMs: number): number => {
    const wait = key.pace.waitMs(size, nowMs);
    return Math.max(key.parkedUntil, wait > 0 ? nowMs + wait : -Infinity);
  };

  const park = (key: Key, failure: CallFailure, nowMs: number): void => {
    const strike = (strikes.get(key) ?? 0) + 1;
    strikes.set(key, strike);
    const guess = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (strike - 1)) * (0.8 + 0.4 * random());
    const lasting = failure.class !== 'rate_limit';
    const waitMs = failure.waitMs ?? (lasting ? Infinity : guess);
    key.dead = waitMs === Infinity;
    // Two waits for one key: the later one holds.
    key.parkedUntil = Math.max(key.parkedUntil, nowMs + (key.dead ? PROBE_MS : waitMs));
  };

  return {
    keys,
    readyAt(size, nowMs) {
      let ready = Infinity;
      for (const key of keys) ready = Math.min(ready, keyReadyAt(key, size, nowMs));
      return ready;
    },
    backAt(nowMs) {
      let back = Infinity;
      for (const key of keys) back = Math.min(back, key.dead && key.parkedUntil > nowMs ? Infinity : key.parkedUntil);
      return back;
    },
    pick(size, nowMs) {
      let best = keys[0]!;
      let bestAt = Infinity;
      for (const key of keys) {
        const at = Math.max(nowMs, keyReadyAt(key, size, nowMs));
        if (at < bestAt || (at === bestAt && key.calls < best.calls)) {
          best = key;
          bestAt = at;
        }
      }
      best.calls++;
      const settle = best.pace.take(size, nowMs);
      // A probe of a dead key is one call, not a flood.
      if (best.dead) best.parkedUntil = nowMs + PROBE_MS;
      return { key: best, settle };
    },
    succeed(key) {
      strikes.delete(key);
      if (!key.dead) return;
      key.dead = false;
      key.parkedUntil = -Infinity;
    },
    share(part, nowMs) {
      for (const { pace: paced } of keys) paced.share(part, nowMs);
    },
    fail(key, failure, nowMs) {
      const { coolsDown } = consequenceOf(failure.class);
      if (failure.class === 'rate_limit') key.pace.distrust(nowMs);
      if (coolsDown === 'key') park(key, failure, nowMs);
      if (coolsDown === 'target') for (const each of keys) park(each, failure, nowMs);
    },
  };
}
