import type { Behaviour, FaultyServer, ServedAttempt } from '../faultyServer.ts';

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

/** The models of the two targets. */
export const primary = 'wall-primary';
export const fallback = 'wall-fallback';

/** What the caller got for one request. */
export interface CallResult {
  /** Since the server was started. */
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
  readonly server: FaultyServer;
  readonly results: readonly CallResult[];
  readonly profile: Profile;
}

export interface Scenario {
  readonly id: string;
  readonly fault: string;
  readonly primary: (attempt: ServedAttempt, profile: Profile) => Behaviour;
  readonly fallback?: (attempt: ServedAttempt) => Behaviour;
  /** The request may take so long; longer is a hang. */
  readonly limitMs: (profile: Profile) => number;
  /** Requests one after another: how many, how far apart. @default one */
  readonly pace?: (profile: Profile) => { readonly requests: number; readonly everyMs: number };
  /** An error is wanted: an answer that goes round the fault makes the verdict partial. */
  readonly errorWanted?: boolean;
  /** What the row says of streaming. */
  readonly form?: string;
  readonly checks: (run: Run) => readonly Check[];
}
