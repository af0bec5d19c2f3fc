import type { Price } from './price.ts';

/** Tokens of one call as the vendor bills them; the classes do not overlap. */
export interface Usage {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** With what the model thought. */
  readonly output: number;
}

/** USD of one call. Summed in picodollars, which are whole numbers, so that a million calls add up to the vendor's bill. */
export const costUsd = (price: Price, usage: Usage): number =>
  Math.round(
    1e6 *
      (usage.input * price.input +
        usage.cachedInput * price.cachedInput +
        usage.cacheWrite * price.cacheWrite +
        usage.output * price.output),
  ) / 1e12;
