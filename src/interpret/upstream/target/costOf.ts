import { costUsd } from '../../pricing/costUsd.ts';
import type { Price } from '../../pricing/price.ts';
import { textTokens } from '../../pricing/textTokens.ts';
import type { Reading } from '../transport.ts';

/** What one attempt is billed. */
export interface CallCost {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where the price is not known. */
  readonly costUsd: number | null;
  readonly priceDate: string;
}

/** No reply costs nothing; a reply that does not report its tokens costs what was estimated. */
export function costOf(reading: Reading | undefined, estimatedInput: number, price: Price | undefined): CallCost {
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
