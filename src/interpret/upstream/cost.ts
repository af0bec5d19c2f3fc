import { textTokens } from '../pricing/estimate.ts';
import { type Price, type PriceOverride, costUsd, overriddenPrice, priceOf, today } from '../pricing/price.ts';
import type { Reading } from './transport.ts';

/** What one attempt is charged. */
export interface Charge {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where the price is not known. */
  readonly costUsd: number | null;
  readonly priceDate: string;
}

/** The price of a model as of today, looked up once a day. */
export function priceToday(model: string, override: PriceOverride | undefined): () => Price | undefined {
  let day = '';
  let price: Price | undefined;
  return () => {
    const now = today(Date.now());
    if (now !== day) {
      day = now;
      price = override ? overriddenPrice(override, now) : priceOf(model, now);
    }
    return price;
  };
}

/** No reply costs nothing; a reply that does not say its tokens is charged what was estimated. */
export function charge(reading: Reading | undefined, estimatedInput: number, price: Price | undefined): Charge {
  const priceDate = price?.date ?? '';
  if (!reading || (!reading.usage && reading.text === '')) return { inputTokens: 0, outputTokens: 0, costUsd: price ? 0 : null, priceDate };
  const usage = reading.usage ?? { input: estimatedInput, cachedInput: 0, cacheWrite: 0, output: textTokens(reading.text) };
  return {
    inputTokens: usage.input + usage.cachedInput + usage.cacheWrite,
    outputTokens: usage.output,
    costUsd: price ? costUsd(price, usage) : null,
    priceDate,
  };
}
