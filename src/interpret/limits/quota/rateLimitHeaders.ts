import { QUOTA_KINDS, type QuotaKind } from './callSize.ts';
import { durationMs } from './durationMs.ts';
import { type Headers, amountIn, headerValue, untilDateMs } from './headers.ts';

/** What one reply said about one quota. */
export interface QuotaReport {
  readonly kind: QuotaKind;
  /** Per minute; absent where it was not said. */
  readonly limit?: number;
  readonly remaining: number;
  /** Milliseconds until it is full again; absent where it was not said. */
  readonly resetMs?: number;
}

interface HeaderNames {
  readonly kind: QuotaKind;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

const openaiNames = (kind: QuotaKind): HeaderNames => ({
  kind,
  limit: `x-ratelimit-limit-${kind}`,
  remaining: `x-ratelimit-remaining-${kind}`,
  reset: `x-ratelimit-reset-${kind}`,
});

const anthropicNames = (kind: QuotaKind): HeaderNames => {
  const prefix = `anthropic-ratelimit-${kind.replace('Tokens', '-tokens')}`;
  return { kind, limit: `${prefix}-limit`, remaining: `${prefix}-remaining`, reset: `${prefix}-reset` };
};

const QUOTAS: readonly HeaderNames[] = [...(['requests', 'tokens'] as const).map(openaiNames), ...QUOTA_KINDS.map(anthropicNames)];

/**
 * Everything that the headers of a reply say about quotas:
 *
 *   x-ratelimit-{limit,remaining,reset}-{requests,tokens}; reset is seconds or a Go duration (6ms, 1m30s)
 *   anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}; reset is RFC 3339
 */
export function rateLimitHeaders(headers: Headers, nowUnixMs: number): QuotaReport[] {
  const reports: QuotaReport[] = [];
  for (const names of QUOTAS) {
    const remaining = amountIn(headerValue(headers, names.remaining));
    if (remaining === undefined) continue;
    const limit = amountIn(headerValue(headers, names.limit));
    const reset = untilResetMs(headerValue(headers, names.reset), nowUnixMs);
    reports.push({ kind: names.kind, remaining, ...(limit !== undefined && { limit }), ...(reset !== undefined && { resetMs: reset }) });
  }
  return reports;
}

/** How long a quota that is used up lasts, where the reply asks for no wait in so many words. */
export function untilQuotaResetMs(reports: readonly QuotaReport[]): number | undefined {
  const waits = reports.flatMap(({ remaining, resetMs }) => (remaining === 0 && resetMs !== undefined ? [resetMs] : []));
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** Seconds, a duration or a date. */
function untilResetMs(value: string | undefined, nowUnixMs: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = amountIn(value);
  return seconds === undefined ? (durationMs(value) ?? untilDateMs(value, nowUnixMs)) : seconds * 1000;
}
