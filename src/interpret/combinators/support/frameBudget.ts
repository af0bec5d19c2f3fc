import type { Budget, SettleCost } from '../../captionRequest.ts';

/** What one frame may spend: its first call is paid from what was reserved for it, further calls from the cap, or they are not made. */
export class FrameBudget implements Budget {
  readonly #cap: Budget;
  readonly #reservedUsd: number;
  /** A budget around this one, which each call must be paid from too. */
  readonly #outer: Budget | undefined;
  #settleReserved: SettleCost | undefined;

  constructor(cap: Budget, reservedUsd: number, settleReserved: SettleCost, outer: Budget | undefined) {
    this.#cap = cap;
    this.#reservedUsd = reservedUsd;
    this.#settleReserved = settleReserved;
    this.#outer = outer;
  }

  reserve(worstUsd: number): SettleCost | undefined {
    const isCovered = this.#settleReserved !== undefined && worstUsd <= this.#reservedUsd;
    const settle = isCovered ? this.#settleReserved : this.#cap.reserve(worstUsd);
    if (!settle) return undefined;
    const settleOuter = this.#outer?.reserve(worstUsd);
    if (this.#outer && !settleOuter) {
      if (!isCovered) settle(0);
      return undefined;
    }
    if (isCovered) this.#settleReserved = undefined;
    return (costUsd) => {
      settle(costUsd);
      settleOuter?.(costUsd);
    };
  }

  /** The frame is done: gives back what was reserved for it and not used. */
  close(): void {
    this.#settleReserved?.(0);
    this.#settleReserved = undefined;
  }
}
