import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { route } from '../../../../src/interpret/combinators/route.ts';
import { TokenBuckets } from '../../../../src/interpret/limits/quota/tokenBuckets.ts';
import { anthropic } from '../../../../src/interpret/providers/anthropic.ts';
import { openai } from '../../../../src/interpret/providers/openai.ts';
import { known } from '../../../../src/secret.ts';
import { startSimulator } from '../../../../src/sim/simulator.ts';
import { picture } from '../../support/pictures.ts';
import { request } from '../../support/request.ts';

const call = (tokens = 0) => ({ requests: 1, tokens, inputTokens: tokens, outputTokens: 0 });

// The exact shares depend on the machine: `npm run scenarios -- --load` measures them. Without token buckets a third would be refused.
// Measures rates: on cores shared with other tests the figures would be the machine's, not ours.
it.skipIf(!process.env['SACCADE_LOAD_TESTS'])('sends what two vendors’ quotas allow and hardly a call more', async () => {
  const quota = (requestsPerMinute: number) => ({ requestsPerMinute, burstMs: 1_000 });
  const sim = await startSimulator({
    vendors: { openai: { latency: 50, quota: quota(3_000) }, anthropic: { latency: 80, quota: quota(1_500) } },
  });
  const image = await picture(1);
  const captioner = route({
    targets: {
      a: openai({ model: 'gpt-4o', keys: known('a', 'a'), baseUrl: `${sim.urls['openai']}/v1`, limits: { requestsPerMinute: 3_000 } }),
      b: anthropic({
        model: 'claude-haiku-4-5',
        keys: known('b', 'b'),
        baseUrl: `${sim.urls['anthropic']}/v1`,
        limits: { requestsPerMinute: 1_500 },
      }),
    },
    weights: { a: 0.5, b: 0.5 },
    fallbacks: { a: ['b'], b: ['a'] },
  });
  const seconds = 4;
  const endAt = performance.now() + seconds * 1000;
  const counts: Record<string, number> = { a: 0, b: 0 };
  const worker = async (): Promise<void> => {
    while (performance.now() < endAt) counts[(await firstValueFrom(captioner(request({ image })))).target]!++;
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  const { requests, byStatus } = sim.journal.totals();
  expect((byStatus['429'] ?? 0) / requests).toBeLessThan(0.05);
  expect(counts['a']! + counts['b']!).toBeLessThanOrEqual((seconds + 1) * 75 + 64);
  expect(counts['a']).toBeGreaterThan(counts['b']!);
  await captioner.close?.();
  await sim.close();
});

it('lets calls through at the rate of the quota, and large ones one by one', () => {
  const one = new TokenBuckets({ tokensPerMinute: 60_000 });
  let now = performance.now();
  const start = now;
  for (let n = 0; n < 30; n++) {
    now += one.waitMs(call(2_500), now);
    one.take(call(2_500), now);
  }
  // The last 29 wait for 2,500 tokens each at 1,000 a second, but for the second that is saved up.
  expect((now - start) / 1000).toBeGreaterThan(68);
  expect((now - start) / 1000).toBeLessThan(73);
});

it('believes the vendor who says that less is left than it seemed', () => {
  const one = new TokenBuckets({ requestsPerMinute: 6_000 });
  const now = performance.now();
  const settle = one.take(call(), now);
  expect(one.waitMs(call(), now)).toBe(0);
  settle(call(), [{ kind: 'requests', limit: 6_000, remaining: 0 }], now + 1);
  expect(one.waitMs(call(), now + 1)).toBeGreaterThan(5);
});

it('learns a quota that was not configured from the headers', () => {
  const one = new TokenBuckets({});
  const now = performance.now();
  const settle = one.take(call(), now);
  settle(call(), [{ kind: 'requests', limit: 600, remaining: 3 }], now + 1);
  const waits = [1, 2, 3, 4].map(() => {
    const wait = one.waitMs(call(), now + 1);
    one.take(call(), now + 1);
    return wait;
  });
  expect(waits.slice(0, 2)).toEqual([0, 0]);
  expect(waits.at(-1)).toBeGreaterThan(50);
});
