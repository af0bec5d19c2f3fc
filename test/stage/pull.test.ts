import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, takeUntil, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { aborted } from '../../src/stage/aborted.ts';
import { pull } from '../../src/stage/pull.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const open = async (): Promise<void> => {};

describe('pull', () => {
  it('emits what the source yields, and completes with it', async () => {
    async function* source(): AsyncIterable<number> {
      yield 1;
      yield 2;
    }
    expect(await lastValueFrom(pull(source, open).pipe(toArray()))).toEqual([1, 2]);
  });

  it('does not pull before it is ready', async () => {
    let pulls = 0;
    let letGo = (): void => {};
    const ready = new Promise<void>((resolve) => (letGo = resolve));
    async function* source(): AsyncIterable<number> {
      pulls++;
      yield 1;
    }
    const values = lastValueFrom(pull(source, () => ready).pipe(toArray()));
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
    const values = lastValueFrom(pull(source, open).pipe(takeUntil(aborted(stop.signal)), toArray()));
    await turn();
    stop.abort();
    expect(await values).toEqual([1]);
    await turn();
    expect(ended).toBe(true);
  });

  it('ends the source when it is unsubscribed', async () => {
    let isEnded = false;
    async function* source(signal: AbortSignal): AsyncIterable<number> {
      signal.addEventListener('abort', () => (isEnded = true));
      yield 1;
      await new Promise(() => {});
    }
    const subscription = pull(source, open).subscribe();
    await turn();
    subscription.unsubscribe();
    expect(isEnded).toBe(true);
  });

  it('passes an error of the source on', async () => {
    async function* source(): AsyncIterable<number> {
      yield 1;
      throw new Error('gone');
    }
    await expect(lastValueFrom(pull(source, open))).rejects.toThrow('gone');
  });

  it('holds on to nothing that it has passed on, however long it lives', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const passed: WeakRef<object>[] = [];
    const all = Promise.withResolvers<void>();
    const stop = new AbortController();
    const pulling = pull(
      async function* () {
        for (let i = 0; i < 1000; i++) yield { bytes: new Uint8Array(1000) };
        all.resolve();
        await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
      },
      async () => {},
    ).subscribe((packet) => void passed.push(new WeakRef(packet)));
    await all.promise;
    // A WeakRef keeps its target until the end of the turn in which it was made.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // The last ones may still be in a register or on the stack.
    expect(passed.filter((packet) => packet.deref()).length).toBeLessThan(10);
    stop.abort();
    pulling.unsubscribe();
  });
});
