import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../../../../src/interpret/errors/errorClasses.ts';
import { targetHealth } from '../../support/limits.ts';

interface Moment {
  readonly second: number;
  readonly limit: number;
  readonly starts: number;
  readonly refused: number;
}

/** Virtual time, a millisecond a step: an upstream that `serve`s, and as many calls a second as are wanted and allowed. */
function run(
  seconds: number,
  wantedPerSecond: number,
  serve: (nowMs: number, inFlight: number) => { outcome: 'ok' | ErrorClass; ms: number },
): Moment[] {
  const state = targetHealth();
  const moments: Moment[] = [];
  let flights: { readonly at: number; readonly end: () => void }[] = [];
  let [waiting, starts, refused] = [0, 0, 0];
  for (let now = 1; now <= seconds * 1000; now++) {
    for (const flight of flights.filter(({ at }) => at <= now)) flight.end();
    flights = flights.filter(({ at }) => at > now);
    waiting += wantedPerSecond / 1000;
    while (waiting >= 1 && state.readyAt(now) <= now) {
      waiting--;
      starts++;
      const end = state.begin(now);
      const { outcome, ms } = serve(now, flights.length);
      if (outcome !== 'ok') {
        refused++;
        waiting++;
      }
      const at = now + ms;
      flights.push({ at, end: () => end(outcome, at) });
    }
    if (now % 1000 === 0) {
      moments.push({ second: now / 1000, limit: state.limit, starts, refused });
      [starts, refused] = [0, 0];
    }
  }
  return moments;
}

describe('concurrent calls', () => {
  it('find a capacity of 64, fall with it to 16 within a second, and find 64 again within 10 s', () => {
    const moments = run(40, 100_000, (now, inFlight) => {
      const capacity = now > 10_000 && now <= 20_000 ? 16 : 64;
      return inFlight < capacity ? { outcome: 'ok', ms: 200 } : { outcome: 'overloaded', ms: 5 };
    });
    const between = (from: number, to: number): Moment[] => moments.filter(({ second }) => second > from && second <= to);
    for (const { limit } of between(4, 10)) expect(limit).toBeGreaterThanOrEqual(44);
    for (const { limit } of between(12, 20)) expect(limit).toBeLessThanOrEqual(18);
    for (const { limit } of between(30, 40)) expect(limit).toBeGreaterThanOrEqual(44);
    const settled = [...between(4, 10), ...between(12, 20), ...between(30, 40)];
    const sum = (of: 'starts' | 'refused'): number => settled.reduce((total, moment) => total + moment[of], 0);
    expect(sum('refused') / sum('starts')).toBeLessThan(0.02);
  });

  it('stay where they are while no more are asked for', () => {
    const moments = run(20, 20, () => ({ outcome: 'ok', ms: 200 }));
    expect(moments.at(-1)!.limit).toBeLessThanOrEqual(17);
  });
});

describe('an outage', () => {
  const steady = 100;
  const moments = run(60, steady, (now) => (now > 10_000 && now <= 30_000 ? { outcome: 'transient', ms: 3 } : { outcome: 'ok', ms: 200 }));
  const starts = (second: number): number => moments[second - 1]!.starts;

  it('is noticed after a few failures, and then only probed, once in each interval', () => {
    expect(starts(11)).toBeLessThan(60);
    const probes = moments.filter(({ second }) => second > 12 && second <= 30).reduce((sum, moment) => sum + moment.starts, 0);
    expect(probes).toBeGreaterThanOrEqual(5);
    expect(probes).toBeLessThanOrEqual(13);
  });

  it('is over within 5 s of its end, without a burst above twice the steady rate', () => {
    expect(starts(35)).toBeGreaterThanOrEqual(steady * 0.9);
    for (const moment of moments) expect(moment.starts).toBeLessThanOrEqual(2 * steady);
  });
});

describe('an outage in which calls hang until their deadline', () => {
  const DEADLINE_MS = 30_000;
  const moments = run(120, 100, (now) =>
    now > 10_000 && now <= 80_000 ? { outcome: 'timeout', ms: DEADLINE_MS } : { outcome: 'ok', ms: 200 },
  );

  it('is probed all the time, and over within 5 s of its end', () => {
    const probes = moments.filter(({ second }) => second > 45 && second <= 80).reduce((sum, { starts }) => sum + starts, 0);
    expect(probes).toBeGreaterThanOrEqual(10);
    expect(probes).toBeLessThanOrEqual(36);
    expect(moments[85 - 1]!.starts).toBeGreaterThanOrEqual(90);
    // Probes that hung end now, and change nothing.
    for (const { second, starts } of moments.slice(85)) expect(starts, `second ${second}`).toBeGreaterThanOrEqual(90);
  });
});

it('one failure of one call is no outage', () => {
  const state = targetHealth();
  for (let n = 0; n < 4; n++) state.begin(n)('transient', n);
  expect(state.isDown(10)).toBe(false);
  state.begin(5)('transient', 5);
  expect(state.isDown(10)).toBe(true);
});

it('neither hung-up calls nor rate limits speak against the upstream’s health', () => {
  const state = targetHealth();
  for (let n = 0; n < 50; n++) state.begin(n)(n % 2 ? 'cancelled' : 'rate_limit', n);
  expect(state.isDown(60)).toBe(false);
});
