import type { QuotaLevel, QuotaLevels } from '../api/vendorApi.ts';
import type { QuotaSettings } from '../options/simulatorOptions.ts';
import { type MinuteBucket, minuteBucket } from './minuteBucket.ts';

/** The quota of one key. Times in simulated milliseconds unless they are for the client. */
export interface Quota {
  /** Takes what the call needs and returns 0, or takes nothing and returns the milliseconds to wait. */
  admit(inputTokens: number, outputTokens: number, nowMs: number): number;
  levels(nowMs: number, clockScale: number): QuotaLevels;
}

export function quota(settings: QuotaSettings): Quota {
  const bucketOf = (perMinute: number | undefined): MinuteBucket | undefined =>
    perMinute === undefined ? undefined : minuteBucket(perMinute, settings.burstMs);
  const requests = bucketOf(settings.requestsPerMinute);
  const tokens = bucketOf(settings.tokensPerMinute);
  const input = bucketOf(settings.inputTokensPerMinute);
  const output = bucketOf(settings.outputTokensPerMinute);
  return {
    admit(inputTokens, outputTokens, nowMs) {
      const needs = [
        [requests, 1],
        [tokens, inputTokens + outputTokens],
        [input, inputTokens],
        [output, outputTokens],
      ] as const;
      const wait = needs.reduce((longest, [bucket, amount]) => Math.max(longest, bucket?.waitMs(amount, nowMs) ?? 0), 0);
      if (wait === 0) for (const [bucket, amount] of needs) bucket?.take(amount, nowMs);
      return wait;
    },
    levels(nowMs, clockScale) {
      const level = (bucket: MinuteBucket | undefined): QuotaLevel | undefined =>
        bucket && { limit: bucket.limit * clockScale, left: bucket.left(nowMs), resetMs: bucket.waitMs(Infinity, nowMs) / clockScale };
      return { requests: level(requests), tokens: level(tokens), inputTokens: level(input), outputTokens: level(output) };
    },
  };
}
