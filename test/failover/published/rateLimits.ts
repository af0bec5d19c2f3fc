import { always, first, rateLimited } from './behaviours.ts';
import { atLeast, atMost, atMostWithin, attemptsAt, seconds } from './checks.ts';
import type { Scenario } from './scenario.ts';

/** The primary says that it was asked too often. */
export const rateLimits: readonly Scenario[] = [
  {
    id: 'S01',
    fault: '429 with Retry-After: 2, once',
    primary: first(rateLimited({ 'retry-after': '2' })),
    limitMs: seconds(20),
    checks: (run) => {
      const [one, two] = attemptsAt(run);
      const gap = one && two ? two.atMs - one.atMs : 0;
      return [
        atMostWithin(run, 1_500, 2),
        atLeast(run, 2),
        { what: `gap of at least 1.8 s (${Math.round(gap)} ms)`, ok: gap >= 1_800, advisory: true },
      ];
    },
  },
  {
    id: 'S02',
    fault: '429 for ever, no header',
    primary: always(rateLimited()),
    limitMs: seconds(40),
    checks: (run) => [atMostWithin(run, 3_000, 4), atMost(run, 6)],
  },
];
