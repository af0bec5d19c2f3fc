import { report } from '../../../stage/report.ts';
import { type ErrorClass, consequenceOf } from '../../errors/errorClasses.ts';
import { CircuitBreaker, type CircuitBreakerSettings } from './circuitBreaker.ts';
import { ConcurrencyLimit, type ConcurrencySettings } from './concurrencyLimit.ts';
import { LatencyWatch } from './latencyWatch.ts';

export type Outcome = 'ok' | ErrorClass;

/** Ends a call that `begin` began. */
export type EndCall = (outcome: Outcome, nowMs: number) => void;

/** A window of which this part is taken is in use. */
const IN_USE = 0.8;

/** How one target is doing: its concurrent calls, and whether it is down. Times are `performance.now()` milliseconds. */
export class TargetHealth {
  readonly #target: string;
  readonly #window: ConcurrencyLimit;
  readonly #breaker: CircuitBreaker;
  readonly #latency = new LatencyWatch();
  /** Concurrent calls that the configuration allows all instances together. */
  readonly #configured: number;
  /** Our part of them. */
  #ours = Infinity;
  #inFlight = 0;
  /** Probes among the calls in flight: they may hang, and take no other call's place. */
  #probes = 0;
  #lastFullAt = -Infinity;
  #reported = '';

  constructor(target: string, concurrency: ConcurrencySettings, circuitBreaker: CircuitBreakerSettings) {
    this.#target = target;
    this.#window = new ConcurrencyLimit(concurrency);
    this.#breaker = new CircuitBreaker(circuitBreaker);
    this.#configured = typeof concurrency === 'number' ? concurrency : (concurrency.max ?? Infinity);
  }

  get limit(): number {
    return Math.min(this.#window.limit, this.#ours);
  }

  /** Whether the upstream cannot take more calls at once than it has. */
  get isFull(): boolean {
    return this.#window.isCongested && this.#inFlight >= this.limit;
  }

  /** From now on this part of the configured concurrency is ours, 0 to 1; one call at least. */
  setShare(share: number): void {
    this.#ours = share === 1 ? Infinity : Math.max(1, Math.floor(this.#configured * share));
  }

  /** When a call may start; Infinity: not before one ends. */
  readyAt(nowMs: number): number {
    return !this.#breaker.isOpen && this.#inFlight - this.#probes >= this.limit ? Infinity : this.#breaker.readyAt(nowMs);
  }

  /** When the circuit breaker lets the next probe through; -Infinity where it is not open. */
  backAt(nowMs: number): number {
    if (this.#breaker.state === 'probing') return nowMs + 1;
    return this.#breaker.isOpen ? Math.max(nowMs, this.#breaker.readyAt(nowMs)) : -Infinity;
  }

  /** Whether the circuit breaker is open and no probe is due. */
  isDown(nowMs: number): boolean {
    return this.#breaker.isOpen && this.#breaker.readyAt(nowMs) > nowMs;
  }

  begin(beganMs: number): EndCall {
    const isProbe = this.#breaker.begin(beganMs);
    this.#inFlight++;
    if (isProbe) this.#probes++;
    if (this.#inFlight >= this.limit * IN_USE) this.#lastFullAt = beganMs;
    return (outcome, nowMs) => this.#end(isProbe, beganMs, outcome, nowMs);
  }

  #end(isProbe: boolean, beganMs: number, outcome: Outcome, nowMs: number): void {
    this.#adapt(isProbe, beganMs, outcome, nowMs);
    this.#inFlight--;
    if (isProbe) this.#probes--;
    if (isProbe && this.#breaker.isOpen && outcome === 'ok') this.#window.restart(nowMs);
    this.#breaker.end(isProbe, isUnhealthy(outcome), nowMs);
    this.#report();
  }

  #adapt(isProbe: boolean, beganMs: number, outcome: Outcome, nowMs: number): void {
    if (outcome === 'ok') {
      if (!this.#latency.isSlower(nowMs - beganMs, nowMs)) this.#window.grow(this.#lastFullAt >= beganMs, nowMs);
    } else if (consequenceOf(outcome).overloaded && !isProbe) {
      // A probe says whether the upstream is there, not how much it takes.
      this.#window.cut(beganMs, nowMs);
    }
  }

  #report(): void {
    const { limit } = this;
    const { state, isOpen } = this.#breaker;
    const now = `${limit} ${state}`;
    if (now === this.#reported) return;
    this.#reported = now;
    report('limit', () => ({
      target: this.#target,
      inFlight: this.#inFlight,
      concurrency: limit,
      circuitBreaker: state,
      down: isOpen,
    }));
  }
}

/**
 * What an outcome says of the upstream's health; undefined: nothing. A call that was hung up on, or was refused by a budget
 * or a rate limit, says nothing; answers and refusals say that the upstream is well.
 */
const isUnhealthy = (outcome: Outcome): boolean | undefined => {
  if (outcome === 'ok') return false;
  return outcome === 'cancelled' || outcome === 'budget' || outcome === 'rate_limit' ? undefined : consequenceOf(outcome).unhealthy;
};
