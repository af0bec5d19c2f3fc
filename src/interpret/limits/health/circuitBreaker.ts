import { z } from 'zod';
import { StartRate } from './startRate.ts';

export interface CircuitBreakerOptions {
  /** Failures that open it. @default 5 */
  failures?: number | undefined;
  /** Milliseconds between the first probes. @default 1000 */
  probeEveryMs?: number | undefined;
  /** The interval grows by half with each failed probe, up to this. @default 1500 */
  probeAtMostEveryMs?: number | undefined;
  /** Milliseconds of the ramp, at least. @default 10000 */
  rampMs?: number | undefined;
}

const milliseconds = z.number().positive('must be above 0');

export const circuitBreakerOptions = z
  .strictObject({
    failures: z.int().min(1).default(5),
    probeEveryMs: milliseconds.default(1_000),
    probeAtMostEveryMs: milliseconds.default(1_500),
    rampMs: milliseconds.default(10_000),
  })
  .prefault({});

export type CircuitBreakerSettings = z.output<typeof circuitBreakerOptions>;

/** How many of the last outcomes count, and how old they may be. */
const OUTCOMES = 20;
const OUTCOMES_MS = 30_000;
const RAMP_TIMES = 1.8;
/** A ramp ends when it held back no call for this long. */
const IDLE_MS = 250;
/** After this long the ramp rises on slowly, for pipelines whose rate has grown. */
const LONG_RAMP_MS = 60_000;

/**
 * Stops calling an upstream that is down. Open after `failures` of the last calls failed and at least half of them did; then
 * one probe each interval; after a good probe calls come back on a ramp, no faster than `RAMP_TIMES` the rate before, so that
 * what has piled up does not bring the upstream down again. Times are `performance.now()` milliseconds.
 */
export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings;
  #state: 'closed' | 'open' | 'probing' | 'ramping' = 'closed';
  #outcomes: { readonly unhealthy: boolean; readonly at: number }[] = [];
  #intervalMs: number;
  #nextProbeAt = 0;
  #rampFrom = 0;
  #nextRampAt = 0;
  readonly #rate = new StartRate();
  #rateBefore = 1;

  constructor(settings: CircuitBreakerSettings) {
    this.#settings = settings;
    this.#intervalMs = settings.probeEveryMs;
  }

  get state(): 'closed' | 'open' | 'probing' | 'ramping' {
    return this.#state;
  }

  /** Whether calls are stopped, but for probes. */
  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'probing';
  }

  /** When a call may start. */
  readyAt(nowMs: number): number {
    if (this.isOpen) return this.#nextProbeAt;
    // While more calls come than the ramp lets through, what piled up is still there.
    const isRampOver = nowMs > this.#rampFrom + this.#settings.rampMs && nowMs > this.#nextRampAt + IDLE_MS;
    if (this.#state === 'ramping' && isRampOver) this.#state = 'closed';
    return this.#state === 'closed' ? -Infinity : this.#nextRampAt;
  }

  /** A call starts. Returns whether it is a probe. */
  begin(nowMs: number): boolean {
    this.#rate.count(nowMs);
    if (this.#state === 'ramping') this.#nextRampAt = Math.max(this.#nextRampAt, nowMs - 100) + this.#rampGapMs(nowMs);
    if (!this.isOpen) return false;
    this.#state = 'probing';
    // A probe may hang until its deadline, long after the upstream is back: the next one does not wait for it.
    this.#nextProbeAt = nowMs + this.#settings.probeAtMostEveryMs;
    return true;
  }

  /** A call ended. `unhealthy`: it failed in a way that speaks against the upstream; undefined: it says nothing. */
  end(isProbe: boolean, unhealthy: boolean | undefined, nowMs: number): void {
    if (isProbe) this.#endProbe(unhealthy, nowMs);
    else if (unhealthy !== undefined && !this.isOpen) this.#record(unhealthy, nowMs);
  }

  #endProbe(unhealthy: boolean | undefined, nowMs: number): void {
    // Another probe was answered while this one hung.
    if (!this.isOpen) return;
    if (unhealthy === false) {
      this.#state = 'ramping';
      this.#intervalMs = this.#settings.probeEveryMs;
      this.#rampFrom = nowMs;
      this.#nextRampAt = nowMs;
    } else if (this.#state === 'probing') {
      if (unhealthy) this.#intervalMs = Math.min(this.#settings.probeAtMostEveryMs, this.#intervalMs * 1.5);
      this.#open(nowMs);
    }
  }

  #record(unhealthy: boolean, nowMs: number): void {
    this.#outcomes.push({ unhealthy, at: nowMs });
    while (this.#outcomes.length > OUTCOMES || this.#outcomes[0]!.at < nowMs - OUTCOMES_MS) this.#outcomes.shift();
    const failed = this.#outcomes.reduce((sum, outcome) => sum + Number(outcome.unhealthy), 0);
    if (unhealthy && failed >= this.#settings.failures && failed * 2 >= this.#outcomes.length) this.#open(nowMs);
  }

  #open(nowMs: number): void {
    if (this.#state === 'closed') this.#rateBefore = this.#rate.median();
    this.#state = 'open';
    this.#outcomes = [];
    this.#nextProbeAt = nowMs + this.#intervalMs;
  }

  #rampGapMs(nowMs: number): number {
    const sinceMs = nowMs - this.#rampFrom;
    const part = Math.min(1, 0.2 + sinceMs / (this.#settings.rampMs / 2)) * 1.02 ** Math.max(0, (sinceMs - LONG_RAMP_MS) / 1000);
    return 1000 / Math.max(1, this.#rateBefore * RAMP_TIMES * part);
  }
}
