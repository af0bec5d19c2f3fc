import { describe, expect, it } from 'vitest';
import { CircuitBreaker, circuitBreakerOptions } from '../../../../src/interpret/limits/health/circuitBreaker.ts';

const breaker = (): CircuitBreaker =>
  new CircuitBreaker(circuitBreakerOptions.parse({ failures: 3, probeEveryMs: 100, probeAtMostEveryMs: 200, rampMs: 1_000 }));

/** Calls that fail or not, one a millisecond. */
const calls = (one: CircuitBreaker, outcomes: string, fromMs = 0): void => {
  for (const [n, outcome] of outcomes.split('').entries()) {
    const isProbe = one.begin(fromMs + n);
    one.end(isProbe, outcome === '?' ? undefined : outcome === 'x', fromMs + n);
  }
};

describe('the circuit breaker', () => {
  it('opens after so many failures, where they are at least half of the last calls', () => {
    const one = breaker();
    calls(one, '......xxxxx');
    expect(one.state).toBe('closed');
    calls(one, 'x', 20);
    expect(one.state).toBe('open');
  });

  it('does not count what says nothing of the upstream', () => {
    const one = breaker();
    calls(one, 'xx????');
    expect(one.state).toBe('closed');
  });

  it('lets one probe through each interval, which grows with each failed probe', () => {
    const one = breaker();
    calls(one, 'xxx');
    expect(one.readyAt(3)).toBe(102);
    expect(one.begin(102)).toBe(true);
    expect(one.state).toBe('probing');
    one.end(true, true, 110);
    expect(one.state).toBe('open');
    expect(one.readyAt(110)).toBe(260);
  });

  it('does not wait for a probe that hangs', () => {
    const one = breaker();
    calls(one, 'xxx');
    one.begin(102);
    expect(one.readyAt(103)).toBe(302);
    expect(one.begin(302)).toBe(true);
  });

  it('comes back on a ramp after a good probe, and closes when the ramp held nothing back', () => {
    const one = breaker();
    calls(one, 'xxx');
    one.begin(102);
    one.end(true, false, 110);
    expect(one.state).toBe('ramping');
    one.begin(110);
    expect(one.readyAt(111)).toBeGreaterThan(111);
    expect(one.readyAt(5_000)).toBe(-Infinity);
    expect(one.state).toBe('closed');
  });
});
