import { Observable, lastValueFrom, map, of, take, timer, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { attempt } from '../../src/stage/attempt.ts';
import { listen } from '../../src/stage/report.ts';
import { countedItem } from './items.ts';
import { marbles } from './marbles.ts';

const items = [1, 2, 3].map((n) => countedItem({ n }));
const evidence = (): object => ({});

describe('attempt', () => {
  it('takes the item that fails out of the flow, and lets the others go on', async () => {
    const reject = vi.fn(async () => {});
    const work = ({ n }: { n: number }): number => {
      if (n === 2) throw new Error('bad');
      return n * 10;
    };
    const out = await lastValueFrom(
      of(...items).pipe(attempt<(typeof items)[0], number>('decode', work, { reject, evidence: ({ n }) => ({ id: `${n}` }) }), toArray()),
    );
    expect(out).toEqual([10, 30]);
    expect(reject).toHaveBeenCalledExactlyOnceWith('decode', items[1], new Error('bad'), { id: '2' });
  });

  it('takes work that ends at once, later, or as an Observable', async () => {
    const reject = vi.fn(async () => {});
    const run = async (work: Parameters<typeof attempt<(typeof items)[0], number>>[1]): Promise<number[]> =>
      lastValueFrom(of(...items).pipe(attempt('render', work, { reject, evidence }), toArray()));
    expect(await run(({ n }) => n)).toEqual([1, 2, 3]);
    expect(await run(async ({ n }) => n)).toEqual([1, 2, 3]);
    expect(await run(({ n }) => timer(1).pipe(map(() => n)))).toEqual([1, 2, 3]);
  });

  it('hangs up on work in progress when it is unsubscribed', async () => {
    let hungUp = false;
    const call = new Observable<number>(() => () => (hungUp = true));
    const calls = of(items[0]!).pipe(attempt('interpret', () => call, { reject: async () => {}, evidence }));
    calls.subscribe().unsubscribe();
    expect(hungUp).toBe(true);
  });

  it('ends work that emits without a turn of the event loop when it is unsubscribed', () => {
    let made = 0;
    const eager = new Observable<number>((subscriber) => {
      while (!subscriber.closed && made < 1000) subscriber.next(made++);
    });
    of(items[0]!)
      .pipe(
        attempt('interpret', () => eager, { evidence }),
        take(2),
      )
      .subscribe();
    expect(made).toBe(2);
  });

  it('errors when even the rejection fails: nothing is lost in silence', async () => {
    const reject = async (): Promise<void> => {
      throw new Error('dead letters are gone');
    };
    const fail = (): never => {
      throw new Error('bad');
    };
    await expect(lastValueFrom(of(items[0]!).pipe(attempt('decode', fail, { reject, evidence })))).rejects.toThrow('dead letters are gone');
  });

  it('errors with the failure where there is no reject, as operators of RxJS do', async () => {
    const fail = (): never => {
      throw new Error('bad');
    };
    const seen: unknown[] = [];
    of(...items)
      .pipe(attempt('decode', fail, { evidence }))
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual([new Error('bad')]);
  });

  it('ends the run for a fatal failure, and does not reject the item', async () => {
    const reject = vi.fn(async () => {});
    const fail = async (): Promise<never> => Promise.reject(new Error('sink gone'));
    const out = of(items[0]!).pipe(attempt('publish', fail, { reject, evidence, fatal: () => true }));
    await expect(lastValueFrom(out)).rejects.toThrow('sink gone');
    expect(reject).not.toHaveBeenCalled();
  });

  it('reports each item through the side door, and only to those who listen', async () => {
    const heard: string[] = [];
    const end = listen('stage', ({ stage, error }) => heard.push(`${stage} ${error === undefined ? 'ok' : 'failed'}`));
    await lastValueFrom(of(items[0]!).pipe(attempt('cut', () => 1, { reject: async () => {}, evidence })));
    end();
    await lastValueFrom(of(items[0]!).pipe(attempt('cut', () => 1, { reject: async () => {}, evidence })));
    expect(heard).toEqual(['cut ok']);
  });

  it('works on at most `concurrency` items at once, and keeps their order when it is 1', () => {
    marbles(({ cold, expectObservable }) => {
      const [slow, quick] = [countedItem({ ms: 5 }), countedItem({ ms: 1 })];
      const work = ({ ms }: { ms: number }): Observable<number> => timer(ms).pipe(map(() => ms));
      const out = (concurrency: number): Observable<number> =>
        cold('ab|', { a: slow, b: quick }).pipe(attempt<typeof slow, number>('interpret', work, { evidence, concurrency }));
      expectObservable(out(1)).toBe('-----a(b|)', { a: 5, b: 1 });
      expectObservable(out(2)).toBe('--b--(a|)', { a: 5, b: 1 });
    });
  });

  it('lets the others go on while a dead letter is written', () => {
    marbles(({ cold, expectObservable }) => {
      const [bad, good] = [countedItem({ n: 1 }), countedItem({ n: 2 })];
      const work = ({ n }: { n: number }): number => {
        if (n === 1) throw new Error('bad');
        return n;
      };
      const never = (): Promise<void> => new Promise(() => {});
      const out = cold('ab--', { a: bad, b: good }).pipe(
        attempt<typeof bad, number>('decode', work, { evidence, concurrency: 2, reject: never }),
      );
      expectObservable(out).toBe('-b--', { b: 2 });
    });
  });
});
