import type { ServedAttempt } from '../faultyServer.ts';
import { type Check, type Run, primary } from './scenario.ts';

/** A limit of so many seconds. */
export const seconds = (n: number) => (): number => n * 1_000;

/** The attempts at a model. */
export const attemptsAt = ({ server }: Run, model = primary): readonly ServedAttempt[] => server.of(model);

export const atMost = (run: Run, n: number): Check => ({
  what: `at most ${n} primary attempts (${attemptsAt(run).length})`,
  ok: attemptsAt(run).length <= n,
});

export const exactly = (run: Run, n: number): Check => ({
  what: `exactly ${n} primary attempts (${attemptsAt(run).length})`,
  ok: attemptsAt(run).length === n,
});

export const atMostWithin = (run: Run, ms: number, n: number): Check => {
  const early = attemptsAt(run).filter(({ atMs }) => atMs < attemptsAt(run)[0]!.atMs + ms).length;
  return { what: `at most ${n} attempts in the first ${ms} ms (${early})`, ok: early <= n };
};

export const atLeast = (run: Run, n: number): Check => ({
  what: `at least ${n} primary attempts (${attemptsAt(run).length})`,
  ok: attemptsAt(run).length >= n,
  advisory: true,
});

export const socketClosed = (run: Run): Check => ({
  what: 'the socket of the abandoned call was closed',
  ok: attemptsAt(run).every(({ closedByClientMs }) => closedByClientMs !== undefined),
});
