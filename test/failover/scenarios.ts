import { type Act, type Script, type Wall, type WallAttempt, healthyText } from './wall.ts';

/** How long things last: `full` as published, `fast` for every day. */
export interface Profile {
  readonly name: 'fast' | 'full';
  readonly firstTokenMs: number;
  readonly stallMs: number;
  readonly silenceMs: number;
  readonly outageMs: number;
  readonly requests: number;
  readonly everyMs: number;
  /** Deadlines of the router under test. */
  readonly headersMs: number;
  readonly idleMs: number;
}

export const profiles = {
  fast: {
    name: 'fast',
    firstTokenMs: 3_000,
    stallMs: 4_000,
    silenceMs: 15_000,
    outageMs: 6_000,
    requests: 10,
    everyMs: 1_200,
    headersMs: 4_000,
    idleMs: 1_500,
  },
  full: {
    name: 'full',
    firstTokenMs: 20_000,
    stallMs: 30_000,
    silenceMs: 120_000,
    outageMs: 60_000,
    requests: 20,
    everyMs: 4_000,
    headersMs: 30_000,
    idleMs: 10_000,
  },
} as const satisfies Record<string, Profile>;

export const primary = 'wall-primary';
export const fallback = 'wall-fallback';

/** What the caller got for one request. */
export interface Asked {
  /** Since the wall was started. */
  readonly atMs: number;
  readonly ms: number;
  /** Absent where it failed. */
  readonly text?: string | undefined;
  readonly model?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Of all failed attempts of this request together, USD. */
  readonly failedCostUsd?: number | undefined;
  readonly error?: string | undefined;
}

export interface Check {
  readonly what: string;
  readonly ok: boolean;
  /** Failing it makes the verdict partial, not fail. */
  readonly advisory?: boolean;
}

export interface Run {
  readonly wall: Wall;
  readonly asked: readonly Asked[];
  readonly profile: Profile;
}

export interface Scenario {
  readonly id: string;
  readonly fault: string;
  readonly primary: (attempt: WallAttempt, profile: Profile) => Act;
  readonly fallback?: Script;
  /** The request may take so long; longer is a hang. */
  readonly limitMs: (profile: Profile) => number;
  /** Requests one after another: how many, how far apart. @default one */
  readonly pace?: (profile: Profile) => { readonly requests: number; readonly everyMs: number };
  /** An answer is not what is wanted: going round the fault makes the verdict partial. */
  readonly errorWanted?: boolean;
  /** What the row says of streaming. */
  readonly form?: string;
  readonly checks: (run: Run) => readonly Check[];
}

const healthy: Act = { do: 'answer' };
const error = (status: number, type: string, code: string | null, message: string, headers?: Record<string, string>): Act => ({
  do: 'status',
  status,
  body: { error: { message, type, param: null, code } },
  ...(headers ? { headers } : {}),
});
const rateLimited = (headers?: Record<string, string>): Act =>
  error(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests', headers);
const overloaded = error(503, 'server_error', null, 'The server is currently overloaded with other requests.');
const first =
  (act: Act) =>
  ({ n }: WallAttempt): Act =>
    n === 1 ? act : healthy;
const always = (act: Act) => (): Act => act;
const seconds = (n: number) => (): number => n * 1_000;

const calls = ({ wall }: Run, model = primary): readonly WallAttempt[] => wall.of(model);
const atMost = (run: Run, n: number): Check => ({
  what: `at most ${n} primary attempts (${calls(run).length})`,
  ok: calls(run).length <= n,
});
const exactly = (run: Run, n: number): Check => ({
  what: `exactly ${n} primary attempts (${calls(run).length})`,
  ok: calls(run).length === n,
});
const within = (run: Run, ms: number, n: number): Check => {
  const early = calls(run).filter(({ atMs }) => atMs < calls(run)[0]!.atMs + ms).length;
  return { what: `at most ${n} attempts in the first ${ms} ms (${early})`, ok: early <= n };
};
const atLeast = (run: Run, n: number): Check => ({
  what: `at least ${n} primary attempts (${calls(run).length})`,
  ok: calls(run).length >= n,
  advisory: true,
});
const hungUp = (run: Run): Check => ({
  what: 'the socket of the abandoned call was closed',
  ok: calls(run).every(({ gaveUpMs }) => gaveUpMs !== undefined),
});

/** The sixteen. Sources of the expectations: the published table; where it speaks of streams, what that means for one JSON body. */
export const scenarios: readonly Scenario[] = [
  {
    id: 'S01',
    fault: '429 with Retry-After: 2, once',
    primary: first(rateLimited({ 'retry-after': '2' })),
    limitMs: seconds(20),
    checks: (run) => {
      const [one, two] = calls(run);
      const gap = one && two ? two.atMs - one.atMs : 0;
      return [
        within(run, 1_500, 2),
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
    checks: (run) => [within(run, 3_000, 4), atMost(run, 6)],
  },
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
    checks: (run) => [{ ...exactly(run, 1), advisory: true }, hungUp(run)],
  },
  {
    id: 'S07',
    fault: 'headers at once, body late',
    primary: (_attempt, { firstTokenMs }) => ({ do: 'answer', headersFirst: true, afterMs: firstTokenMs }),
    limitMs: ({ firstTokenMs }) => firstTokenMs * 2 + 10_000,
    checks: ({ asked, profile }) => {
      const limit = profile.firstTokenMs * 0.75;
      return [
        {
          what: `a limit on the first byte of the body that falls back in ${limit} ms (${Math.round(asked[0]!.ms)} ms)`,
          ok: asked[0]!.ms <= limit,
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
    checks: (run) => [hungUp(run)],
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
    checks: (run) => [exactly(run, 1), { what: 'usage reported', ok: (run.asked[0]?.outputTokens ?? 0) > 0, advisory: true }],
  },
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
      { what: `no fallback calls (${calls(run, fallback).length})`, ok: calls(run, fallback).length === 0, advisory: true },
      {
        what: `the error tells the reason (${run.asked[0]?.error ?? 'none'})`,
        ok: /safety system|content|policy|blocked|refused/i.test(run.asked[0]?.error ?? ''),
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
    checks: ({ asked }) => [{ what: 'the refusal of the prefill is not the final error', ok: !/prefill/.test(asked[0]?.error ?? '') }],
  },
  {
    id: 'S15',
    fault: 'flapping primary',
    primary: ({ atMs }, { outageMs }) => (atMs < outageMs ? overloaded : healthy),
    limitMs: ({ outageMs }) => outageMs,
    pace: ({ requests, everyMs }) => ({ requests, everyMs }),
    checks: (run) => {
      const { asked, profile } = run;
      const inOutage = asked.filter(({ atMs }) => atMs < profile.outageMs);
      const after = asked.filter(({ atMs }) => atMs >= profile.outageMs);
      const back = after.find(({ model }) => model === primary);
      const dead = calls(run).filter(({ atMs }) => atMs < profile.outageMs).length;
      // What a breaker of five failures may need to open, and then one probe each second.
      const most = 5 + Math.ceil(profile.outageMs / 1_000);
      return [
        { what: `all ${inOutage.length} requests of the outage were served`, ok: inOutage.every(({ text }) => text === healthyText) },
        {
          what: `back on the primary after ${back ? Math.round(back.atMs - profile.outageMs) : '-'} ms`,
          ok: back !== undefined && back.atMs - profile.outageMs <= profile.outageMs / 2,
        },
        {
          what: `at most one probe an interval: ${dead} attempts on the dead primary for ${inOutage.length} requests`,
          ok: dead <= most,
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
      const [asked] = run.asked;
      return [
        atMost(run, 6),
        { what: `the reply names the fallback's model (${asked?.model})`, ok: asked?.model === fallback },
        { what: 'usage is the fallback’s', ok: asked?.inputTokens === 321 && asked.outputTokens === 60, advisory: true },
        { what: 'failed attempts cost nothing', ok: asked?.failedCostUsd === 0 },
      ];
    },
  },
];
