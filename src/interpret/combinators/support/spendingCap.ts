import type { Budget, SettleCost } from '../../captionRequest.ts';
import { DailySpend } from './dailySpend.ts';

export interface Caps {
  /** Infinity: none. */
  readonly usd: number;
  /** Infinity: none. */
  readonly usdPerDay: number;
  readonly file: string | undefined;
}

/** What was spent and what is reserved, held below the caps of a run and of a day. */
export class SpendingCap implements Budget {
  readonly #caps: Caps;
  readonly #day: DailySpend | undefined;
  #spent = 0;
  #reserved = 0;

  constructor(caps: Caps) {
    this.#caps = caps;
    this.#day = caps.file === undefined ? undefined : new DailySpend(caps.file);
  }

  reserve(worstUsd: number): SettleCost | undefined {
    const { usd, usdPerDay } = this.#caps;
    if (this.#spent + this.#reserved + worstUsd > usd) return undefined;
    if (this.#day && !this.#day.cover(this.#reserved + worstUsd, usdPerDay)) return undefined;
    this.#reserved += worstUsd;
    return (costUsd) => {
      this.#reserved -= worstUsd;
      this.#spent += costUsd;
      this.#day?.add(costUsd);
    };
  }

  /** What was spent of the caps, for people. */
  describe(): string {
    const { usd, usdPerDay } = this.#caps;
    return [
      usd < Infinity && `${this.#spent.toFixed(6)} of ${usd} USD for this run`,
      this.#day && `${this.#day.spentUsd.toFixed(6)} of ${usdPerDay} USD today`,
    ]
      .filter(Boolean)
      .join(', ');
  }
}
