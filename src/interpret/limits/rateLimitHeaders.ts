/**
 * What an upstream says about waiting and about what is left, in every form that vendors use:
 *
 *   retry-after-ms: 350                          milliseconds
 *   retry-after: 2 | Wed, 21 Oct 2026 07:28:00 GMT   seconds, or an HTTP date (RFC 9110, 10.2.3)
 *   x-ratelimit-{limit,remaining}-{requests,tokens}: 500; x-ratelimit-reset-...: 6ms, 1m30s (a Go duration)
 *   anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}; reset is RFC 3339
 *   Gemini, in the body: error.details[] { "@type": ".../google.rpc.RetryInfo", "retryDelay": "36.5s" }
 */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export type QuotaKind = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';

/** What one reply said about one quota. */
export interface QuotaHint {
  readonly kind: QuotaKind;
  /** Per minute; absent where it was not said. */
  readonly limit?: number;
  readonly remaining: number;
  /** Milliseconds until it is full again; absent where it was not said. */
  readonly resetMs?: number;
}

const text = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

const number = (value: string | undefined): number | undefined => {
  if (value === undefined || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined;
};

/** How long the headers ask to wait, in milliseconds. */
export function retryAfterMs(headers: Headers, nowUnixMs: number): number | undefined {
  const ms = number(text(headers, 'retry-after-ms'));
  if (ms !== undefined) return ms;
  const value = text(headers, 'retry-after');
  if (value === undefined) return undefined;
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowUnixMs);
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };

/** A Go or protobuf duration (`1m30s`, `6ms`, `36.5s`) in milliseconds. */
export function durationMs(value: string): number | undefined {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== value.trim()) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!, 0);
}

/** Seconds, a duration or a date until a quota is full again. */
function resetMs(value: string | undefined, nowUnixMs: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  const duration = durationMs(value);
  if (duration !== undefined) return duration;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowUnixMs);
}

const QUOTAS: readonly { readonly kind: QuotaKind; readonly limit: string; readonly remaining: string; readonly reset: string }[] = [
  ...(['requests', 'tokens'] as const).map((kind) => ({
    kind,
    limit: `x-ratelimit-limit-${kind}`,
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
  })),
  ...(['requests', 'tokens', 'inputTokens', 'outputTokens'] as const).map((kind) => {
    const name = kind.replace('Tokens', '-tokens');
    return {
      kind,
      limit: `anthropic-ratelimit-${name}-limit`,
      remaining: `anthropic-ratelimit-${name}-remaining`,
      reset: `anthropic-ratelimit-${name}-reset`,
    };
  }),
];

/** Everything the headers say about quotas. */
export function quotaHints(headers: Headers, nowUnixMs: number): QuotaHint[] {
  const hints: QuotaHint[] = [];
  for (const names of QUOTAS) {
    const remaining = number(text(headers, names.remaining));
    if (remaining === undefined) continue;
    const limit = number(text(headers, names.limit));
    const reset = resetMs(text(headers, names.reset), nowUnixMs);
    hints.push({ kind: names.kind, remaining, ...(limit !== undefined && { limit }), ...(reset !== undefined && { resetMs: reset }) });
  }
  return hints;
}

/** How long a quota that is used up lasts, where the reply does not say it in so many words. */
export function exhaustedMs(hints: readonly QuotaHint[]): number | undefined {
  const waits = hints.filter(({ remaining, resetMs: reset }) => remaining === 0 && reset !== undefined).map(({ resetMs: reset }) => reset!);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** Gemini's `RetryInfo` in milliseconds. */
export function retryInfoMs(error: unknown): number | undefined {
  const details = (error as { details?: unknown } | null)?.details;
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as { retryDelay?: unknown }[]) {
    if (typeof detail?.retryDelay === 'string') return durationMs(detail.retryDelay);
  }
  return undefined;
}
