import { healthyText } from '../faultyServer.ts';
import { always, healthy, overloaded } from './behaviours.ts';
import { atMost, attemptsAt, seconds } from './checks.ts';
import { type Scenario, fallback, primary } from './scenario.ts';

/** The primary is down for a while, or for good. */
export const outages: readonly Scenario[] = [
  {
    id: 'S15',
    fault: 'flapping primary',
    primary: ({ atMs }, { outageMs }) => (atMs < outageMs ? overloaded : healthy),
    limitMs: ({ outageMs }) => outageMs,
    pace: ({ requests, everyMs }) => ({ requests, everyMs }),
    checks: (run) => {
      const { results, profile } = run;
      const inOutage = results.filter(({ atMs }) => atMs < profile.outageMs);
      const after = results.filter(({ atMs }) => atMs >= profile.outageMs);
      const back = after.find(({ model }) => model === primary);
      const onDead = attemptsAt(run).filter(({ atMs }) => atMs < profile.outageMs).length;
      // What a circuit breaker of five failures may need to open, and then one probe each second.
      const most = 5 + Math.ceil(profile.outageMs / 1_000);
      return [
        { what: `all ${inOutage.length} requests of the outage were served`, ok: inOutage.every(({ text }) => text === healthyText) },
        {
          what: `back on the primary after ${back ? Math.round(back.atMs - profile.outageMs) : '-'} ms`,
          ok: back !== undefined && back.atMs - profile.outageMs <= profile.outageMs / 2,
        },
        {
          what: `at most one probe an interval: ${onDead} attempts on the dead primary for ${inOutage.length} requests`,
          ok: onDead <= most,
          advisory: true,
        },
      ];
    },
  },
  {
    id: 'S16',
    fault: 'accounting: primary 503 for ever',
    primary: always(overloaded),
    limitMs: seconds(40),
    checks: (run) => {
      const [result] = run.results;
      return [
        atMost(run, 6),
        { what: `the reply names the fallback's model (${result?.model})`, ok: result?.model === fallback },
        { what: 'usage is the fallback’s', ok: result?.inputTokens === 321 && result.outputTokens === 60, advisory: true },
        { what: 'failed attempts cost nothing', ok: result?.failedCostUsd === 0 },
      ];
    },
  },
];
