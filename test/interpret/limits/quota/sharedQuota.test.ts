import { expect, it } from 'vitest';
import { type GroupShare, groupShare } from '../../../../src/consume/kafka/groupShare.ts';
import { TokenBuckets } from '../../../../src/interpret/limits/quota/tokenBuckets.ts';
import { quota } from '../../../../src/sim/vendor/quota.ts';
import { targetHealth } from '../../support/limits.ts';

const CALL = { requests: 1, tokens: 0, inputTokens: 0, outputTokens: 0 };
const LATENCY_MS = 200;
const STEP_MS = 5;

/** An instance that asks whenever its quota lets it. */
interface Instance {
  readonly share: GroupShare;
  isRunning: boolean;
  tick(nowMs: number): void;
}

/** In virtual time: a vendor that keeps no more of its quota than a second's worth, and what it saw. */
function vendorOf(requestsPerMinute: number, limits: { requestsPerMinute?: number }) {
  const start = performance.now();
  const vendor = quota({ requestsPerMinute, burstMs: 1_000 });
  const seen = { taken: [] as number[], refused: 0 };
  const instance = (): Instance => {
    const share = groupShare(6_000);
    const quotas = new TokenBuckets(limits);
    let replies: { at: number; read: () => void }[] = [];
    return {
      share,
      isRunning: true,
      tick(nowMs) {
        for (const { at, read } of replies) if (at <= nowMs) read();
        replies = replies.filter(({ at }) => at > nowMs);
        share.confirmed(nowMs);
        quotas.setShare(share.now(nowMs), nowMs);
        while (this.isRunning && quotas.waitMs(CALL, nowMs) === 0) {
          const settle = quotas.take(CALL, nowMs);
          if (vendor.admit(0, 0, nowMs - start) > 0) seen.refused++;
          else seen.taken.push(nowMs - start);
          const { requests } = vendor.levels(nowMs - start, 1);
          const report = { kind: 'requests', limit: requestsPerMinute, remaining: Math.max(0, Math.floor(requests!.left)) } as const;
          const at = nowMs + LATENCY_MS;
          replies.push({ at, read: () => settle(CALL, [report], at) });
        }
      },
    };
  };
  return { start, instance, seen };
}

it('three instances stay within a vendor’s quota while one becomes three and three become one, and use nine tenths of it', () => {
  const { start, instance, seen } = vendorOf(3_000, { requestsPerMinute: 3_000 });
  const [a, b, c] = [instance(), instance(), instance()];
  b.isRunning = c.isRunning = false;
  const happens: Record<number, (now: number) => void> = {
    0: (now) => a.share.joined(1, now),
    // The instances that join learn of it before the one that must give.
    20_000(now) {
      b.isRunning = c.isRunning = true;
      b.share.joined(0.25, now);
      c.share.joined(0.25, now);
    },
    20_300: (now) => a.share.joined(0.5, now),
    40_000: () => (b.isRunning = c.isRunning = false),
    40_100: (now) => a.share.joined(1, now),
  };
  for (let ms = 0; ms < 60_000; ms += STEP_MS) {
    happens[ms]?.(start + ms);
    for (const one of [a, b, c]) one.tick(start + ms);
  }
  expect(seen.refused).toBe(0);
  for (const [from, to] of [
    [2_000, 20_000],
    [22_000, 40_000],
    [42_000, 60_000],
  ] as const) {
    const used = seen.taken.filter((at) => at >= from && at < to).length / ((to - from) / 20);
    expect(used).toBeGreaterThan(0.9);
    expect(used).toBeLessThanOrEqual(1.01);
  }
});

it('with a share of a quota, what the vendor says is left is no reason to spend more than the even flow', () => {
  const quotas = new TokenBuckets({ requestsPerMinute: 600 });
  const now = performance.now();
  quotas.setShare(0.5, now);
  const settle = quotas.take(CALL, now + 1_000);
  settle(CALL, [{ kind: 'requests', limit: 600, remaining: 590 }], now + 1_100);
  expect(quotas.remaining(now + 1_100)['requests']).toBeLessThan(6);
  quotas.setShare(1, now + 1_100);
  quotas.take(CALL, now + 1_200)(CALL, [{ kind: 'requests', limit: 600, remaining: 580 }], now + 1_300);
  expect(quotas.remaining(now + 1_300)['requests']).toBeGreaterThan(500);
  quotas.setShare(0.25, now + 1_300);
  expect(quotas.remaining(now + 1_300)['requests']).toBeLessThanOrEqual(2.5);
});

it('a shared quota that was not configured is learned with one call', () => {
  const quotas = new TokenBuckets({});
  const now = performance.now();
  quotas.setShare(1 / 3, now);
  expect(quotas.waitMs(CALL, now)).toBe(0);
  const settle = quotas.take(CALL, now);
  expect(quotas.waitMs(CALL, now + 100)).toBeGreaterThan(0);
  settle(CALL, [{ kind: 'requests', limit: 600, remaining: 590 }], now + 200);
  expect(quotas.remaining(now + 200)['requests']).toBeLessThanOrEqual(0);
  expect(quotas.waitMs(CALL, now + 600)).toBe(0);
});

it('without a share of the quota nothing goes out, and a waiting call looks again', () => {
  const quotas = new TokenBuckets({ requestsPerMinute: 600 });
  const now = performance.now();
  quotas.setShare(0, now);
  const wait = quotas.waitMs(CALL, now + 60_000);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThan(5_000);
  quotas.setShare(0.5, now + 60_000);
  expect(quotas.waitMs(CALL, now + 60_200)).toBe(0);
});

it('a configured concurrency is shared too, one call at least', () => {
  const fixed = targetHealth(8);
  fixed.setShare(1 / 3);
  expect(fixed.limit).toBe(2);
  fixed.setShare(0.01);
  expect(fixed.limit).toBe(1);
  fixed.setShare(1);
  expect(fixed.limit).toBe(8);
  const found = targetHealth();
  found.setShare(0.01);
  expect(found.limit).toBe(16);
});
