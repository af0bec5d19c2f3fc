import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pull } from '../../src/stage/pull.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const open = async (): Promise<void> => {};
const never = new AbortController().signal;

describe('pull', () => {
  it('emits what the source yields, and completes with it', async () => {
    async function* source(): AsyncIterable<number> {
      yield 1;
      yield 2;
    }
    expect(await lastValueFrom(pull(source, open, never).pipe(toArray()))).toEqual([1, 2]);
  });

  it('does not pull before it is ready', async () => {
    let pulls = 0;
    let letGo = (): void => {};
    const ready = new Promise<void>((resolve) => (letGo = resolve));
    async function* source(): AsyncIterable<number> {
      pulls++;
      yield 1;
    }
    const values = lastValueFrom(pull(source, () => ready, never).pipe(toArray()));
    await turn();
    expect(pulls).toBe(0);
    letGo();
    expect(await values).toEqual([1]);
  });

  it('completes when stopped, though the source is silent, and ends the source', async () => {
    const stop = new AbortController();
    let ended = false;
    async function* source(signal: AbortSignal): AsyncIterable<number> {
      try {
        yield 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        ended = true;
      }
    }
    const values = lastValueFrom(pull(source, open, stop.signal).pipe(toArray()));
    await turn();
    stop.abort();
    expect(await values).toEqual([1]);
    await turn();
    expect(ended).toBe(true);
  });

  it('ends the source when it is unsubscribed', async () => {
    let aborted = false;
    async function* source(signal: AbortSignal): AsyncIterable<number> {
      signal.addEventListener('abort', () => (aborted = true));
      yield 1;
      await new Promise(() => {});
    }
    const subscription = pull(source, open, never).subscribe();
    await turn();
    subscription.unsubscribe();
    expect(aborted).toBe(true);
  });

  it('passes an error of the source on', async () => {
    async function* source(): AsyncIterable<number> {
      yield 1;
      throw new Error('gone');
    }
    await expect(lastValueFrom(pull(source, open, never))).rejects.toThrow('gone');
  });
});
