import { always, error, healthy } from './behaviours.ts';
import { attemptsAt, exactly, seconds } from './checks.ts';
import { type Scenario, fallback } from './scenario.ts';

/** The primary, or the fallback, refuses what it is sent. */
export const refusals: readonly Scenario[] = [
  {
    id: 'S12',
    fault: '400 context_length_exceeded',
    primary: always(error(400, 'invalid_request_error', 'context_length_exceeded', "This model's maximum context length is 1024 tokens.")),
    limitMs: seconds(20),
    checks: (run) => [exactly(run, 1)],
  },
  {
    id: 'S13',
    fault: '400 content_policy_violation',
    primary: always(
      error(400, 'invalid_request_error', 'content_policy_violation', 'Your request was rejected as a result of our safety system.'),
    ),
    limitMs: seconds(20),
    errorWanted: true,
    checks: (run) => [
      exactly(run, 1),
      { what: `no fallback calls (${attemptsAt(run, fallback).length})`, ok: attemptsAt(run, fallback).length === 0, advisory: true },
      {
        what: `the error tells the reason (${run.results[0]?.error ?? 'none'})`,
        ok: /safety system|content|policy|blocked|refused/i.test(run.results[0]?.error ?? ''),
        advisory: true,
      },
    ],
  },
  {
    id: 'S14',
    fault: "body cut, and the fallback refuses a request that carries an assistant's turn",
    form: 'fallback refuses prefill -> fallback refuses any request but the original one',
    primary: always({ do: 'part', share: 0.67 }),
    fallback: ({ body }) =>
      JSON.stringify(body['messages']).includes('"assistant"')
        ? error(400, 'invalid_request_error', null, 'This model does not support assistant prefill.')
        : healthy,
    limitMs: seconds(30),
    checks: ({ results }) => [{ what: 'the refusal of the prefill is not the final error', ok: !/prefill/.test(results[0]?.error ?? '') }],
  },
];
