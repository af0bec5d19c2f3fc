import { always } from './behaviours.ts';
import { atMost, exactly, seconds, socketClosed } from './checks.ts';
import type { Scenario } from './scenario.ts';

/** The primary answers with a body that is late, cut, broken, or never closed. */
export const brokenBodies: readonly Scenario[] = [
  {
    id: 'S07',
    fault: 'headers at once, body late',
    primary: (_attempt, { firstTokenMs }) => ({ do: 'answer', headersFirst: true, afterMs: firstTokenMs }),
    limitMs: ({ firstTokenMs }) => firstTokenMs * 2 + 10_000,
    checks: ({ results, profile }) => {
      const limit = profile.firstTokenMs * 0.75;
      return [
        {
          what: `a limit on the first byte of the body that falls back in ${limit} ms (${Math.round(results[0]!.ms)} ms)`,
          ok: results[0]!.ms <= limit,
          advisory: true,
        },
      ];
    },
  },
  {
    id: 'S08',
    fault: 'body cut',
    form: 'stream cut -> body cut after two thirds',
    primary: always({ do: 'part', share: 0.67 }),
    limitMs: seconds(30),
    checks: (run) => [atMost(run, 6)],
  },
  {
    id: 'S09',
    fault: 'body stalls',
    form: 'stream stalls -> body stalls after a third, then closes',
    primary: (_attempt, { stallMs }) => ({ do: 'part', share: 0.33, forMs: stallMs }),
    limitMs: ({ stallMs }) => stallMs + 15_000,
    checks: (run) => [socketClosed(run)],
  },
  {
    id: 'S10',
    fault: 'body malformed',
    form: 'malformed chunk -> body is not JSON',
    primary: always({
      do: 'raw',
      body: '{"id":"chatcmpl-wall","choices":[{"index":0,"message":{"role":"assistant","content":"word1 word2',
    }),
    limitMs: seconds(30),
    checks: (run) => [atMost(run, 2)],
  },
  {
    id: 'S11',
    fault: 'connection kept open after a complete body',
    form: 'no end sentinel -> complete body, connection promised to close and kept open',
    primary: always({ do: 'answer', keepOpen: true }),
    limitMs: seconds(8),
    checks: (run) => [exactly(run, 1), { what: 'usage reported', ok: (run.results[0]?.outputTokens ?? 0) > 0, advisory: true }],
  },
];
