import { type Price, type PriceOverride, overriddenPrice, priceOf } from '../../pricing/price.ts';
import { today } from '../../pricing/today.ts';

/** The price of a model as of today, looked up once a day. */
export function currentPrice(model: string, override: PriceOverride | undefined): () => Price | undefined {
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
