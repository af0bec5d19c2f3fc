const SECONDS = 10;

/**
 * Calls started per second, over the last ten seconds in which any was started: while calls of an outage hang until their
 * deadline none is started, and that is not the rate.
 */
export class StartRate {
  readonly #starts: number[] = [];
  #second = -1;

  count(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#starts.push(0);
      if (this.#starts.length > SECONDS) this.#starts.shift();
    }
    this.#second = second;
    this.#starts[this.#starts.length - 1]!++;
  }

  /** The median, at least 1: the burst of the failure itself is not the steady rate. */
  median(): number {
    const sorted = this.#starts.toSorted((a, b) => a - b);
    return Math.max(1, sorted[Math.floor(sorted.length / 2)] ?? 1);
  }
}
