import type { ErrorDetail } from '../../api/vendorApi.ts';

/** The time to wait in the form asked for: `retry-after` in seconds or as a date, or `retry-after-ms`. */
export function retryHeaders({ retryAfterMs, retryAfterAs = 'seconds' }: ErrorDetail): Record<string, string> {
  if (retryAfterMs === undefined || retryAfterAs === 'none') return {};
  if (retryAfterAs === 'milliseconds') return { 'retry-after-ms': String(Math.ceil(retryAfterMs)) };
  if (retryAfterAs === 'date') return { 'retry-after': new Date(Date.now() + retryAfterMs).toUTCString() };
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
}
