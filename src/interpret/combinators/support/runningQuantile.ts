/** Values that must have been seen before the quantile is known. */
const SEEN = 50;

/** A running quantile without samples: a step up for each value above, a smaller one down for each below. */
export class RunningQuantile {
  readonly #quantile: number;
  #seen = 0;
  #value = 0;
  #mean = 0;

  constructor(quantile: number) {
    this.#quantile = quantile;
  }

  /** Undefined while too few values have been seen. */
  get value(): number | undefined {
    return this.#seen < SEEN ? undefined : this.#value;
  }

  add(value: number): void {
    this.#seen++;
    this.#mean += (value - this.#mean) / Math.min(this.#seen, SEEN);
    if (this.#seen === 1) this.#value = value;
    const step = this.#mean * (this.#seen < SEEN ? 0.2 : 0.05);
    this.#value += value > this.#value ? step * this.#quantile : -step * (1 - this.#quantile);
  }
}
