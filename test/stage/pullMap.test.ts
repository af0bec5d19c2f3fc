import * as fc from 'fast-check';
import { NEVER, type Observable, Subject, from, lastValueFrom, map, mergeMap, of, range, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pullMap } from '../../src/stage/pullMap.ts';
import { packetsOf, tenEvents } from '../parts.ts';
import { marbles } from './marbles.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const after =
  (ms: number) =>
  (letter: string): Observable<string> =>
    timer(ms).pipe(map(() => letter));

describe('pullMap over what can be asked', () => {
  it('asks for a value only when a slot is free', () => {
    const asked: string[] = [];
    marbles(({ expectObservable, flush }, now) => {
      function* letters(): Iterable<string> {
        for (const letter of 'abcd') {
          asked.push(`${letter} at ${now()}`);
          yield letter;
        }
      }
      expectObservable(pullMap(after(5), { concurrency: 2 })(letters())).toBe('-----(ab)-(cd|)');
      flush();
    });
    expect(asked).toEqual(['a at 0', 'b at 0', 'c at 5', 'd at 5']);
  });

  it('asks nothing before it is subscribed to, and nothing after it is unsubscribed', () => {
    let asked = 0;
    let isClosed = false;
    function* endless(): Iterable<number> {
      try {
        for (;;) yield asked++;
      } finally {
        isClosed = true;
      }
    }
    const result = pullMap(() => NEVER, { concurrency: 3 })(endless());
    expect(asked).toBe(0);
    result.subscribe().unsubscribe();
    expect(asked).toBe(3);
    expect(isClosed).toBe(true);
  });

  it('never has more values taken and not finished than it has slots, whatever the source and the projections do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ askTurns: fc.nat(2), workTurns: fc.nat(4), results: fc.nat(3) }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (plan, concurrency) => {
          let [taken, finished, most] = [0, 0, 0];
          async function* values(): AsyncIterable<number> {
            for (const [index, { askTurns }] of plan.entries()) {
              for (let i = 0; i < askTurns; i++) await turn();
              most = Math.max(most, ++taken - finished);
              yield index;
            }
          }
          const work = async (index: number): Promise<number[]> => {
            for (let i = 0; i < plan[index]!.workTurns; i++) await turn();
            finished++;
            return Array.from({ length: plan[index]!.results }, (_, i) => index * 10 + i);
          };
          const ours = pullMap((index: number) => from(work(index)).pipe(mergeMap((all) => all)), { concurrency })(values());
          const got = await lastValueFrom(ours.pipe(toArray()));
          expect(most).toBeLessThanOrEqual(concurrency);
          expect(got.toSorted((a, b) => a - b)).toEqual(
            plan.flatMap(({ results }, n) => Array.from({ length: results }, (_, i) => n * 10 + i)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a source of Saccade, and acks nothing by itself', async () => {
    const source = packetsOf([tenEvents(0), tenEvents(1), tenEvents(2)]);
    const sensors = await lastValueFrom(
      pullMap(({ sensor }: { sensor: string }) => of(sensor), { concurrency: 1 })(source).pipe(toArray()),
    );
    expect(sensors).toEqual(['cam0', 'cam0', 'cam0']);
    expect(source.acked.size).toBe(0);
  });

  it('takes a function that opens the input, and aborts its signal when it is unsubscribed', async () => {
    let signal: AbortSignal | undefined;
    const subscription = pullMap((value: number) => of(value), { concurrency: 1 })(async function* (given) {
      signal = given;
      yield 1;
      await new Promise(() => {});
    }).subscribe();
    await turn();
    expect(signal?.aborted).toBe(false);
    subscription.unsubscribe();
    expect(signal?.aborted).toBe(true);
  });

  it('passes the index, and values of promises and iterables', async () => {
    const mapped = pullMap((letter: string, index) => (index % 2 ? [letter, index] : Promise.resolve(letter)), { concurrency: 1 })('abc');
    expect(await lastValueFrom(mapped.pipe(toArray()))).toEqual(['a', 'b', 1, 'c']);
  });

  it('errors with the first error of the input, of project, and of a projection, and ends the input', async () => {
    const failing = async (input: Iterable<string>, project: (letter: string) => Observable<string>): Promise<unknown> =>
      lastValueFrom(pullMap(project, { concurrency: 2 })(input)).catch((error: unknown) => error);
    let isClosed = false;
    function* letters(): Iterable<string> {
      try {
        yield* 'ab';
        throw new Error('input');
      } finally {
        isClosed = true;
      }
    }
    expect(await failing(letters(), after(0))).toEqual(new Error('input'));
    expect(await failing(letters(), () => throwError(() => new Error('projection')))).toEqual(new Error('projection'));
    const thrower = (): never => {
      throw new Error('project');
    };
    expect(await failing(letters(), thrower)).toEqual(new Error('project'));
    expect(isClosed).toBe(true);
  });

  it('does not grow the stack where input and projections are not async', async () => {
    const sum = pullMap((value: number) => of(value), { concurrency: 1 })(Array.from({ length: 200_000 }, () => 1));
    expect((await lastValueFrom(sum.pipe(toArray()))).length).toBe(200_000);
  });
});

describe('pullMap over an Observable', () => {
  it('behaves as mergeMap while the buffer has room', () => {
    marbles(({ cold, expectObservable }) => {
      const input = '   ab-c--------|';
      const expected = '-----a----b----(c|)';
      expectObservable(cold(input).pipe(pullMap(after(5), { concurrency: 1 }))).toBe(expected);
      expectObservable(cold(input).pipe(mergeMap(after(5), 1))).toBe(expected);
    });
  });

  it('errors when the buffer is full, unless told otherwise', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const input = cold('abc-----|');
      const error = expect.objectContaining({ code: 'BUFFER_OVERFLOW', message: expect.stringContaining('1 values wait') });
      expectObservable(input.pipe(pullMap(after(5), { concurrency: 1, buffer: 1 }))).toBe('--#', undefined, error);
      expectSubscriptions(input.subscriptions).toBe('^-!');
    });
  });

  it('drops the newest or the oldest where that is asked for', () => {
    marbles(({ cold, expectObservable }) => {
      const input = 'abcd----------------|';
      expectObservable(cold(input).pipe(pullMap(after(5), { concurrency: 1, buffer: 2, overflow: 'dropNewest' }))).toBe(
        '-----a----b----c----|',
      );
      expectObservable(cold(input).pipe(pullMap(after(5), { concurrency: 1, buffer: 2, overflow: 'dropOldest' }))).toBe(
        '-----a----c----d----|',
      );
      expectObservable(cold(input).pipe(pullMap(after(5), { concurrency: 1, buffer: 0, overflow: 'dropOldest' }))).toBe(
        '-----a--------------|',
      );
    });
  });

  it('passes an error of the input on at once, and unsubscribes the projections', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('-----x|');
      expectObservable(cold('a-#').pipe(pullMap(() => inner, { concurrency: 1 }))).toBe('--#');
      expectSubscriptions(inner.subscriptions).toBe('^-!');
    });
  });

  it('unsubscribes input and projections when it is unsubscribed', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const input = hot('a-b------');
      const inner = cold('--------x|');
      expectObservable(input.pipe(pullMap(() => inner, { concurrency: 2 })), '   ^---!').toBe('-----');
      expectSubscriptions(input.subscriptions).toBe('^---!');
      expectSubscriptions(inner.subscriptions).toBe(['^---!', '--^-!']);
    });
  });

  it('keeps at most buffer + concurrency values of a source that does not stop', () => {
    const burst = new Subject<number>();
    let started = 0;
    burst.pipe(pullMap(() => (started++, NEVER), { concurrency: 4, buffer: 10, overflow: 'dropOldest' })).subscribe();
    for (let i = 0; i < 100_000; i++) burst.next(i);
    expect(started).toBe(4);
  });

  it('does not grow the stack when projections end at once', async () => {
    const gate = new Subject<number>();
    const input = new Subject<number>();
    const done = lastValueFrom(
      input.pipe(
        pullMap((value) => (value === 0 ? gate : of(value)), { concurrency: 1, buffer: 200_000 }),
        toArray(),
      ),
    );
    range(0, 100_000).subscribe(input);
    gate.complete();
    expect((await done).length).toBe(99_999);
  });
});

it.each([
  [{ concurrency: 0 }, 'concurrency must be 1 or more (found 0)'],
  [{ concurrency: Number.NaN }, 'concurrency must be 1 or more (found NaN)'],
  [{ concurrency: 1, buffer: -1 }, 'buffer must be 0 or more (found -1)'],
])('refuses %j at construction', (options, message) => {
  expect(() => pullMap(() => NEVER, options)).toThrow(message);
});
