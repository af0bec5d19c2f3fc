import { describe, expect, it } from 'vitest';
import { latencyAt } from '../../../src/sim/vendor/latencyAt.ts';

const at = (u: number, latency: { p50Ms: number; p90Ms?: number; p95Ms?: number; p99Ms?: number }): number =>
  latencyAt({ perOutputTokenMs: 0, ...latency }, u, 0);

describe('latency', () => {
  it('passes through the percentiles given', () => {
    const latency = { p50Ms: 900, p90Ms: 1_500, p95Ms: 2_400, p99Ms: 9_000 };
    expect(at(0.5, latency)).toBeCloseTo(900, 0);
    expect(at(0.9, latency)).toBeCloseTo(1_500, 0);
    expect(at(0.95, latency)).toBeCloseTo(2_400, 0);
    expect(at(0.99, latency)).toBeCloseTo(9_000, -1);
  });

  it('is lognormal between two of them, and its tail is cut', () => {
    const latency = { p50Ms: 100, p99Ms: 1_000 };
    expect(at(0.01, latency)).toBeCloseTo(10, 0);
    expect(at(0.9999999, latency)).toBeCloseTo(2_000, 6);
  });

  it('is constant with one, and grows with the answer', () => {
    expect(at(0.999, { p50Ms: 50 })).toBe(50);
    expect(latencyAt({ p50Ms: 0, perOutputTokenMs: 10 }, 0.5, 30)).toBe(300);
  });
});
