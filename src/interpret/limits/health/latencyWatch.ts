/** How much slower than at its best the upstream may get before more concurrent calls are not tried. */
const TOLERANCE = 2;
/** After this long the best mean is measured again. */
const BEST_HOLDS_MS = 60_000;
/** Samples in the running mean. */
const MEAN_OF = 40;

/** Some upstreams queue what is too much instead of refusing it; then only the latency tells (as in Netflix's gradient limit). */
export class LatencyWatch {
  #mean = 0;
  #best = Infinity;
  #bestAt = 0;
  #samples = 0;

  /** Adds the latency of an answered call. Returns whether calls have become much slower than they can be. */
  isSlower(latencyMs: number, nowMs: number): boolean {
    this.#samples++;
    this.#mean += (latencyMs - this.#mean) / Math.min(this.#samples, MEAN_OF);
    // The first few may have been lucky.
    if (this.#samples < MEAN_OF) return false;
    if (this.#mean < this.#best || nowMs - this.#bestAt > BEST_HOLDS_MS) {
      this.#best = this.#mean;
      this.#bestAt = nowMs;
    }
    return this.#mean > this.#best * TOLERANCE;
  }
}
