import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { retryUntil } from '../../../src/kafka/client/retryUntil.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that fails so many times before it succeeds; with the times of its attempts. */
function failing(failures: number, error: Error = new Error('away')): { work: () => Promise<string>; attemptsAt: number[] } {
  const begun = performance.now();
  const attemptsAt: number[] = [];
  const work = async (): Promise<string> => {
    attemptsAt.push(performance.now() - begun);
    if (attemptsAt.length <= failures) throw error;
    return 'done';
  };
  return { work, attemptsAt };
}

it('repeats work after pauses that double up to two seconds', async () => {
  const { work, attemptsAt } = failing(8);
  const done = retryUntil(work, 60_000);
  await vi.runAllTimersAsync();
  expect(await done).toBe('done');
  expect(attemptsAt.slice(1).map((at, i) => Math.round(at - attemptsAt[i]!))).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
});

it('rejects with the last failure when the time is over, or when the condition says so', async () => {
  const outcome = retryUntil(failing(Infinity).work, 1000).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await outcome).toEqual(new Error('away'));
  const { work, attemptsAt } = failing(Infinity);
  const conditional = retryUntil(work, () => attemptsAt.length === 3).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await conditional).toEqual(new Error('away'));
  expect(attemptsAt).toHaveLength(3);
});

it('does not repeat what cannot succeed', async () => {
  const { work, attemptsAt } = failing(Infinity, new PipelineError('CONFIG_INVALID', 'wrong password'));
  await expect(retryUntil(work, 60_000)).rejects.toThrow('wrong password');
  expect(attemptsAt).toHaveLength(1);
});

it('pauses before the first attempt after a failure that has happened already', async () => {
  const { work, attemptsAt } = failing(0);
  const done = retryUntil(work, 60_000, { firstPauseMs: 200, afterFailure: new Error('crash') });
  await vi.runAllTimersAsync();
  await done;
  expect(attemptsAt.map(Math.round)).toEqual([200]);
  await expect(retryUntil(work, 60_000, { afterFailure: new PipelineError('CONFIG_INVALID', 'refused') })).rejects.toThrow('refused');
});
