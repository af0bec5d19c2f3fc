import { type Bucket, bucket } from './bucket.ts';
import type { QuotaSettings } from './simulatorOptions.ts';
import type { Gauge, Gauges } from './wire.ts';

/** The quota of one key. Times in simulated milliseconds unless they are for the client. */
export interface Quota {
  /** Takes what the call needs and returns 0, or takes nothing and returns the milliseconds to wait. */
  admit(inputTokens: number, outputTokens: number, nowMs: number): number;
  gauges(nowMs: number, clockScale: number): Gauges;
}

export function quota(settings: QuotaSettings): Quota {
  const make = (perMinute: number | undefined): Bucket | undefined =>
    perMinute === undefined ? undefined : bucket(perMinute, settings.burstMs);
  const requests = make(settings.requestsPerMinute);
  const tokens = make(settings.tokensPerMinute);
  const input = make(settings.inputTokensPerMinute);
  const output = make(settings.outputTokensPerMinute);
  return {
    admit(inputTokens, outputTokens, nowMs) {
      const needs = [
        [requests, 1],
        [tokens, inputTokens + outputTokens],
        [input, inputTokens],
        [output, outputTokens],
      ] as const;
      const wait = needs.reduce((longest, [one, amount]) => Math.max(longest, one?.waitMs(amount, nowMs) ?? 0), 0);
      if (wait === 0) for (const [one, amount] of needs) one?.take(amount, nowMs);
      return wait;
    },
    gauges(nowMs, clockScale) {
      const gauge = (one: Bucket | undefined): Gauge | undefined =>
        one && { limit: one.limit * clockScale, left: one.left(nowMs), resetMs: one.waitMs(Infinity, nowMs) / clockScale };
      return { requests: gauge(requests), tokens: gauge(tokens), inputTokens: gauge(input), outputTokens: gauge(output) };
    },
  };
}
