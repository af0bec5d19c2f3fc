import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../../src/interpret/limits/quota/tokenBucket.ts';

/** 600 a minute: ten a second, of which one second's worth is kept. */
const full = (): TokenBucket => new TokenBucket(600, 0);
const sent = (beganMs = 0, sentSince = 0, underWay = 0) => ({ beganMs, sentSince, underWay });

describe('a token bucket', () => {
  it('fills evenly, up to a second’s worth', () => {
    const bucket = full();
    bucket.take(10, 0);
    expect(bucket.waitMs(1, 0)).toBe(100);
    expect(bucket.remaining(500)).toBe(5);
    expect(bucket.remaining(60_000)).toBe(10);
  });

  it('lets a call pass that is larger than the bucket, when it is full', () => {
    const bucket = full();
    expect(bucket.waitMs(1_000, 0)).toBe(0);
    bucket.take(1_000, 0);
    expect(bucket.waitMs(1, 0)).toBeCloseTo(99_100);
  });

  it('believes the vendor who says that less is left, and counts what was sent since', () => {
    const bucket = full();
    bucket.learn({ kind: 'requests', limit: 600, remaining: 5 }, sent(0, 2), 0);
    expect(bucket.remaining(0)).toBeCloseTo(5 * 0.98 - 2);
  });

  it('takes what the vendor says is left above its own, but not after a refusal', () => {
    const bucket = full();
    bucket.learn({ kind: 'requests', limit: 600, remaining: 500 }, sent(), 0);
    expect(bucket.remaining(0)).toBeCloseTo(490);
    const refused = full();
    refused.distrust(0);
    refused.learn({ kind: 'requests', limit: 600, remaining: 500 }, sent(), 1);
    expect(refused.remaining(1)).toBeLessThan(1);
  });

  it('never takes more than was configured, whatever the vendor allows', () => {
    const bucket = full();
    bucket.learn({ kind: 'requests', limit: 6_000, remaining: 6_000 }, sent(), 0);
    expect(bucket.perMinute).toBe(600);
  });

  it('with a share begins empty, and is looked at again while it waits', () => {
    const bucket = new TokenBucket(60, 0, undefined, 0.5);
    expect(bucket.perMinute).toBe(30);
    expect(bucket.remaining(0)).toBe(0);
    expect(bucket.waitMs(1, 0)).toBe(500);
    bucket.setShare(0, 1_000);
    expect(bucket.remaining(60_000)).toBe(0);
  });
});
