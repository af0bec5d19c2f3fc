import { durationMs } from './durationMs.ts';
import { type Headers, amountIn, headerValue, untilDateMs } from './headers.ts';

/**
 * How long the headers ask to wait, in milliseconds:
 *
 *   retry-after-ms: 350                              milliseconds
 *   retry-after: 2 | Wed, 21 Oct 2026 07:28:00 GMT   seconds, or an HTTP date (RFC 9110, 10.2.3)
 */
export function retryAfterMs(headers: Headers, nowUnixMs: number): number | undefined {
  const ms = amountIn(headerValue(headers, 'retry-after-ms'));
  if (ms !== undefined) return ms;
  const value = headerValue(headers, 'retry-after');
  if (value === undefined) return undefined;
  const seconds = amountIn(value);
  return seconds === undefined ? untilDateMs(value, nowUnixMs) : seconds * 1000;
}

/** Gemini's wait in the body, in milliseconds: error.details[] { "@type": ".../google.rpc.RetryInfo", "retryDelay": "36.5s" } */
export function retryInfoMs(error: unknown): number | undefined {
  const details = (error as { details?: unknown } | null)?.details;
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as { retryDelay?: unknown }[]) {
    if (typeof detail?.retryDelay === 'string') return durationMs(detail.retryDelay);
  }
  return undefined;
}
