import { always, error, first, overloaded } from './behaviours.ts';
import { atLeast, atMost, exactly, seconds, socketClosed } from './checks.ts';
import type { Scenario } from './scenario.ts';

/** The primary fails, or does not answer. */
export const serverErrors: readonly Scenario[] = [
  {
    id: 'S03',
    fault: '500 once',
    primary: first(error(500, 'server_error', null, 'The server had an error.')),
    limitMs: seconds(20),
    checks: (run) => [atLeast(run, 2)],
  },
  { id: 'S04', fault: '503 for ever', primary: always(overloaded), limitMs: seconds(40), checks: (run) => [atMost(run, 6)] },
  { id: 'S05', fault: 'TCP reset before headers, once', primary: first({ do: 'reset' }), limitMs: seconds(20), checks: () => [] },
  {
    id: 'S06',
    fault: 'no response',
    primary: (_attempt, { silenceMs }) => ({ do: 'silence', forMs: silenceMs }),
    limitMs: ({ headersMs }) => headersMs * 3 + 10_000,
    checks: (run) => [{ ...exactly(run, 1), advisory: true }, socketClosed(run)],
  },
];
