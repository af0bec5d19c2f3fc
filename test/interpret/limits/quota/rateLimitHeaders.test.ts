import { expect, it } from 'vitest';
import { durationMs } from '../../../../src/interpret/limits/quota/durationMs.ts';
import { rateLimitHeaders, untilQuotaResetMs } from '../../../../src/interpret/limits/quota/rateLimitHeaders.ts';
import { retryAfterMs } from '../../../../src/interpret/limits/quota/retryAfterMs.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it('reads durations of Go and protobuf, and nothing else as one', () => {
  expect(['6ms', '1m30s', '36.5s', '1h', '2', 'x1s'].map(durationMs)).toEqual([6, 90_000, 36_500, 3_600_000, undefined, undefined]);
});

it('reads what is left of each quota', () => {
  const headers = { 'x-ratelimit-limit-tokens': '200000', 'x-ratelimit-remaining-tokens': '1500', 'x-ratelimit-reset-tokens': '250ms' };
  expect(rateLimitHeaders(headers, now)).toEqual([{ kind: 'tokens', limit: 200_000, remaining: 1_500, resetMs: 250 }]);
  const dated = {
    'anthropic-ratelimit-output-tokens-limit': '80000',
    'anthropic-ratelimit-output-tokens-remaining': '0',
    'anthropic-ratelimit-output-tokens-reset': '2026-11-22T12:00:30Z',
  };
  expect(rateLimitHeaders(dated, now)).toEqual([{ kind: 'outputTokens', limit: 80_000, remaining: 0, resetMs: 30_000 }]);
  expect(retryAfterMs({}, now)).toBeUndefined();
});

it('waits for the last of the quotas that are used up', () => {
  const used = { kind: 'requests', remaining: 0, resetMs: 100 } as const;
  expect(
    untilQuotaResetMs([used, { kind: 'tokens', remaining: 0, resetMs: 400 }, { kind: 'inputTokens', remaining: 5, resetMs: 900 }]),
  ).toBe(400);
  expect(untilQuotaResetMs([{ kind: 'tokens', remaining: 5, resetMs: 400 }])).toBeUndefined();
});
