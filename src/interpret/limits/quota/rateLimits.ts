import { z } from 'zod';

/** Quotas of one key; what is left out is learned from the vendor's headers. */
export interface RateLimits {
  /** @default what the vendor's headers say */
  requestsPerMinute?: number | undefined;
  /** Input and output together. @default what the vendor's headers say */
  tokensPerMinute?: number | undefined;
  /** @default what the vendor's headers say */
  inputTokensPerMinute?: number | undefined;
  /** @default what the vendor's headers say */
  outputTokensPerMinute?: number | undefined;
}

const amount = z.number().positive('must be above 0').optional();

export const rateLimits = z.strictObject({
  requestsPerMinute: amount,
  tokensPerMinute: amount,
  inputTokensPerMinute: amount,
  outputTokensPerMinute: amount,
});
