import type { QuotaLevels } from '../../api/vendorApi.ts';

/** x-ratelimit-{limit,remaining,reset}-{requests,tokens}; a reset is a Go duration ("6ms", "1m30s"). */
export function openaiQuotaHeaders({ requests, tokens, inputTokens }: QuotaLevels): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [kind, level] of [
    ['requests', requests],
    ['tokens', tokens ?? inputTokens],
  ] as const) {
    if (!level) continue;
    headers[`x-ratelimit-limit-${kind}`] = String(Math.floor(level.limit));
    headers[`x-ratelimit-remaining-${kind}`] = String(Math.max(0, Math.floor(level.left)));
    headers[`x-ratelimit-reset-${kind}`] = goDuration(level.resetMs);
  }
  return headers;
}

/** As Go prints a time.Duration: 6ms, 1.5s, 1m30s. */
function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole < 1_000) return whole === 0 ? '0s' : `${whole}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = (whole % 60_000) / 1_000;
  return `${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}s`;
}
