import { baseModel } from './baseModel.ts';
import { type PriceRow, priceRows } from './priceRows.ts';

/** Prices of one model in USD per million tokens, as of a day. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** YYYY-MM-DD: the day from which it holds, or the day the user gave. */
  readonly date: string;
}

/** A price of the user's own, in USD per million tokens. */
export interface PriceOverride {
  input: number;
  output: number;
  /** @default input */
  cachedInput?: number | undefined;
  /** @default input */
  cacheWrite?: number | undefined;
  /** YYYY-MM-DD. @default the day it is used */
  date?: string | undefined;
}

/**
 * The price of a model on a day; undefined where it is not known. A dated or `-latest` name is its model
 * (`gpt-4o-2024-08-06`), any other longer name is another model: a wrong price is worse than none.
 */
export function priceOf(model: string, day: string): Price | undefined {
  const base = baseModel(model);
  let found: PriceRow | undefined;
  for (const row of priceRows) {
    if (row.model === base && row.from <= day && (!found || row.from > found.from)) found = row;
  }
  return (
    found && {
      input: found.input,
      output: found.output,
      cachedInput: found.cachedInput,
      cacheWrite: found.cacheWrite ?? found.input,
      date: found.from,
    }
  );
}

export const overriddenPrice = ({ input, output, cachedInput = input, cacheWrite = input, date }: PriceOverride, day: string): Price => ({
  input,
  output,
  cachedInput,
  cacheWrite,
  date: date ?? day,
});
