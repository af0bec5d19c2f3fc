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

/** Tokens of one call as the vendor bills them; the classes do not overlap. */
export interface Usage {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** With what the model thought. */
  readonly output: number;
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

/** `models/gemini-2.5-pro-001`, `openai/gpt-4o-2024-08-06`, `claude-3-7-sonnet@20250219` without path, date and revision. */
export const baseModel = (model: string): string =>
  model
    .slice(model.lastIndexOf('/') + 1)
    .replace(/[-@](latest|\d{8}|\d{4}-\d{2}-\d{2}|00\d)$/, '')
    .toLowerCase();

export const overriddenPrice = ({ input, output, cachedInput = input, cacheWrite = input, date }: PriceOverride, day: string): Price => ({
  input,
  output,
  cachedInput,
  cacheWrite,
  date: date ?? day,
});

/** USD of one call. Summed in picodollars, which are whole numbers, so that a million calls add up to the vendor's bill. */
export const costUsd = (price: Price, usage: Usage): number =>
  Math.round(
    1e6 *
      (usage.input * price.input +
        usage.cachedInput * price.cachedInput +
        usage.cacheWrite * price.cacheWrite +
        usage.output * price.output),
  ) / 1e12;

/** Today in UTC, YYYY-MM-DD. */
export function today(nowUnixMs: number): string {
  const dayNumber = Math.floor(nowUnixMs / 86_400_000);
  if (dayNumber !== lastDay) {
    lastDay = dayNumber;
    lastText = new Date(dayNumber * 86_400_000).toISOString().slice(0, 10);
  }
  return lastText;
}

let lastDay = -1;
let lastText = '';
