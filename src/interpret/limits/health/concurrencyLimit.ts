import { z } from 'zod';

/** Concurrent calls to one target: a number, or the bounds of a limit that adapts. */
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

const calls = z.int().min(1);

export const concurrencyOptions = z
  .union([calls, z.strictObject({ start: calls.default(16), min: calls.default(1), max: calls.optional() })])
  .prefault({});

export type ConcurrencySettings = z.output<typeof concurrencyOptions>;

/** Where no maximum was configured. */
const MAX = 256;
/** What a window shrinks to at a sign of congestion. */
const BETA = 0.7;
/** Growth in calls per second cubed. */
const C = 0.6;

/**
 * The adaptive concurrency limit of one target. The window of calls under way grows and shrinks as TCP's does in CUBIC
 * (RFC 9438): after a sign of congestion it falls to 0.7 of itself, then grows along a cubic of the time since, slowly
 * near the last known ceiling and fast beyond it, so that a new capacity is found in seconds whatever the latency.
 * From the start, and after an outage, it doubles each round trip until the first sign of congestion (slow start).
 */
export class ConcurrencyLimit {
  readonly #min: number;
  readonly #max: number;
  #window: number;
  #threshold = Infinity;
  #ceiling: number;
  #epoch = 0;
  #lastCut = -Infinity;

  constructor(settings: ConcurrencySettings) {
    const { start, min, max = MAX } = typeof settings === 'number' ? { start: settings, min: settings, max: settings } : settings;
    this.#min = min;
    this.#max = max;
    this.#window = start;
    this.#ceiling = start;
  }

  get limit(): number {
    return Math.max(this.#min, Math.min(this.#max, Math.floor(this.#window)));
  }

  /** Whether the limit is one that the upstream set. */
  get isCongested(): boolean {
    return this.#min < this.#max && this.#threshold < this.#max;
  }

  /** A call was answered. `isInUse`: nearly all of the window was taken while it ran. */
  grow(isInUse: boolean, nowMs: number): void {
    if (!isInUse) this.#pause(nowMs);
    else if (this.#window < this.#threshold) this.#window = Math.min(this.#max, this.#window + 1, this.#threshold);
    else this.#window = Math.min(this.#max, Math.max(this.#window, Math.min(this.#cubic(nowMs), this.#window + 1)));
  }

  /** A call that began at `beganMs` met congestion. Calls begun before the last cut are not counted again. */
  cut(beganMs: number, nowMs: number): void {
    if (beganMs < this.#lastCut) return;
    this.#lastCut = nowMs;
    this.#ceiling = this.#window;
    this.#window = Math.max(this.#min, this.#window * BETA);
    this.#threshold = this.#window;
    this.#epoch = nowMs;
  }

  /** Begins small again, towards what was the limit. */
  restart(nowMs: number): void {
    this.#threshold = Math.max(this.#min, Math.min(this.#threshold, this.#window));
    this.#ceiling = Math.max(this.#ceiling, this.#window);
    this.#window = Math.max(this.#min, Math.min(this.#window, 2));
    this.#epoch = nowMs;
  }

  /** A window that is not used says nothing about the upstream's capacity: time that passes so does not count. */
  #pause(nowMs: number): void {
    if (this.#window < this.#threshold) return;
    this.#ceiling = Math.max(this.#ceiling, this.#window);
    this.#epoch = nowMs - this.#plateauSeconds() * 1000 + Math.cbrt(Math.max(0, this.#ceiling - this.#window) / C) * 1000;
  }

  #cubic(nowMs: number): number {
    return C * ((nowMs - this.#epoch) / 1000 - this.#plateauSeconds()) ** 3 + this.#ceiling;
  }

  /** How long after a cut the cubic reaches the ceiling. */
  #plateauSeconds(): number {
    return Math.cbrt((this.#ceiling * (1 - BETA)) / C);
  }
}
