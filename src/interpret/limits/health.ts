import { report } from '../../stage/report.ts';
import { type BreakerOptions, breaker } from './circuitBreaker.ts';
import { congestion } from './concurrencyLimit.ts';
import { type ErrorClass, consequenceOf } from '../errorClasses.ts';

/** Calls at once to one target: a number, or what the limit may become on its own. */
export type Concurrency =
  | number
  | {
      /** @default 16 */
      start?: number | undefined;
      /** @default 1 */
      min?: number | undefined;
      /** @default 256 */
      max?: number | undefined;
    };

/** How one target is doing: calls at once, and whether it is down. */
export interface Health {
  readyAt(nowMs: number): number;
  backAt(nowMs: number): number;
  isDown(nowMs: number): boolean;
  /** Whether the upstream cannot take more at once than it has. */
  readonly isFull: boolean;
  /** A call starts; returns the function that ends it. */
  begin(nowMs: number): (outcome: 'ok' | ErrorClass, nowMs: number) => void;
  /** From now on this part of the calls at once that the configuration allows is ours, 0 to 1; one call at least. */
  share(part: number): void;
  readonly inFlight: number;
  readonly limit: number;
}

export function health(target: () => string, concurrency: Concurrency, breakerOptions: BreakerOptions): Health {
  const fixed = typeof concurrency === 'number';
  const window = fixed
    ? congestion({ start: concurrency, min: concurrency, max: concurrency })
    : congestion({ start: concurrency.start ?? 16, min: concurrency.min ?? 1, max: concurrency.max ?? 256 });
  const guard = breaker(breakerOptions);
  const stated = typeof concurrency === 'number' ? concurrency : (concurrency.max ?? Infinity);
  let ours = Infinity;
  const limit = (): number => Math.min(window.limit, ours);
  let inFlight = 0;
  /** Of these, probes: they may hang, and take nobody's place. */
  let probes = 0;
  const isAway = (): boolean => guard.state === 'open' || guard.state === 'probing';
  let lastFullAt = -Infinity;
  let told = '';
  const isSlower = latencyWatch();

  const tell = (): void => {
    const now = `${limit()} ${guard.state}`;
    if (now === told) return;
    told = now;
    report('limit', () => ({
      target: target(),
      inFlight,
      concurrency: limit(),
      breaker: guard.state,
      down: isAway(),
    }));
  };

  return {
    get inFlight() {
      return inFlight;
    },
    get limit() {
      return limit();
    },
    get isFull() {
      return window.congested && inFlight >= limit();
    },
    share(part) {
      ours = part === 1 ? Infinity : Math.max(1, Math.floor(stated * part));
    },
    readyAt: (nowMs) => (!isAway() && inFlight - probes >= limit() ? Infinity : guard.readyAt(nowMs)),
    backAt: (nowMs) => (guard.state === 'open' ? Math.max(nowMs, guard.readyAt(nowMs)) : guard.state === 'probing' ? nowMs + 1 : -Infinity),
    isDown: (nowMs) => isAway() && guard.readyAt(nowMs) > nowMs,
    begin(beganMs) {
      const probe = guard.begin(beganMs);
      inFlight++;
      if (probe) probes++;
      if (inFlight >= limit() * IN_USE) lastFullAt = beganMs;
      return (outcome, nowMs) => {
        const { unhealthy, overloaded } = outcome === 'ok' ? { unhealthy: false, overloaded: false } : consequenceOf(outcome);
        if (outcome === 'ok' && !isSlower(nowMs - beganMs, nowMs)) window.grow(lastFullAt >= beganMs, nowMs);
        // A probe says whether the upstream is there, not how much it takes.
        else if (overloaded && !probe) window.cut(beganMs, nowMs);
        inFlight--;
        if (probe) probes--;
        if (probe && isAway() && outcome === 'ok') window.restart(nowMs);
        guard.end(probe, says(outcome, unhealthy), nowMs);
        tell();
      };
    },
  };
}

/** A window of which so much is taken is in use. */
const IN_USE = 0.8;
/** How much slower than at its best the upstream may get before more calls at once are not tried. */
const TOLERANCE = 2;
const FORGET_MS = 60_000;
const MEAN_OF = 40;

/** Some upstreams queue what is too much instead of refusing it; then only the latency tells (as in Netflix's gradient limit). */
function latencyWatch(): (ms: number, nowMs: number) => boolean {
  let mean = 0;
  let best = Infinity;
  let bestAt = 0;
  let samples = 0;
  return (ms, nowMs) => {
    samples++;
    mean += (ms - mean) / Math.min(samples, MEAN_OF);
    // The first few may have been lucky.
    if (samples < MEAN_OF) return false;
    if (mean < best || nowMs - bestAt > FORGET_MS) {
      best = mean;
      bestAt = nowMs;
    }
    return mean > best * TOLERANCE;
  };
}

/** Being hung up on, or refused for want of money, says nothing about the upstream's health. Answers and refusals say that it is well. */
const says = (outcome: 'ok' | ErrorClass, unhealthy: boolean): boolean | undefined =>
  outcome === 'cancelled' || outcome === 'budget' || outcome === 'rate_limit' ? undefined : unhealthy;
