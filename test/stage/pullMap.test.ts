import * as fc from 'fast-check';
import {
  NEVER,
  Observable,
  Subject,
  Subscription,
  from,
  lastValueFrom,
  map,
  mergeMap,
  of,
  range,
  take,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { type PullMapOptions, pullMap } from '../../src/stage/pullMap.ts';
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

/** Emits without a turn of the event loop until nobody listens any more, and says how often it did. */
const eager = (): { readonly values: Observable<number>; readonly made: () => number } => {
  let made = 0;
  const values = new Observable<number>((subscriber) => {
    while (!subscriber.closed && made < 1000) subscriber.next(made++);
  });
  return { values, made: () => made };
};

describe('pullMap that is unsubscribed', () => {
  it('ends a projection that emits without a turn of the event loop', () => {
    const { values, made } = eager();
    const first: number[] = [];
    pullMap(() => values, { concurrency: 1 })('a')
      .pipe(take(2))
      .subscribe((value) => first.push(value));
    expect(first).toEqual([0, 1]);
    expect(made()).toBe(2);
  });

  it('ends an input that emits without a turn of the event loop', () => {
    const { values, made } = eager();
    values
      .pipe(
        pullMap((value) => of(value), { concurrency: 1 }),
        take(2),
      )
      .subscribe();
    expect(made()).toBe(2);
  });

  it('ends a generator that unsubscribes it while it makes a value', () => {
    const firstIsDone = new Subject<string>();
    const log: string[] = [];
    function* leaving(): Iterable<string> {
      try {
        yield 'a';
        subscription.unsubscribe();
        log.push('unsubscribed');
        yield 'b';
      } finally {
        log.push('closed');
      }
    }
    const project = (letter: string): Observable<string> => {
      log.push(letter);
      return firstIsDone;
    };
    const subscription = pullMap(project, { concurrency: 1 })(leaving()).subscribe();
    firstIsDone.complete();
    expect(log).toEqual(['a', 'unsubscribed', 'closed']);
  });

  it('does not throw where the iterator cannot be ended', () => {
    const next = (): IteratorResult<string> => ({ value: 'a', done: false });
    const stubborn = (): never => {
      throw new Error('return');
    };
    for (const iterator of [{ next }, { next, return: stubborn }]) {
      const subscription = pullMap(() => NEVER, { concurrency: 1 })({ [Symbol.iterator]: () => iterator }).subscribe();
      expect(() => subscription.unsubscribe()).not.toThrow();
    }
  });
});

it('releases what a projection holds before the next one starts', () => {
  marbles(({ cold, flush }) => {
    const log: string[] = [];
    const holding = (letter: string): Observable<string> =>
      new Observable((subscriber) => {
        log.push(`open ${letter}`);
        subscriber.add(timer(1).subscribe({ complete: () => subscriber.complete() }));
        return () => log.push(`close ${letter}`);
      });
    const [asked, pushed] = [pullMap(holding, { concurrency: 1 })('ab'), cold('(ab|)').pipe(pullMap(holding, { concurrency: 1 }))];
    for (const result of [asked, pushed]) {
      result.subscribe({ complete: () => log.push('complete') });
      flush();
      expect(log.splice(0)).toEqual(['open a', 'close a', 'open b', 'close b', 'complete']);
    }
  });
});

describe('pullMap without a bound to its buffer', () => {
  const gap = fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, fc.nat(4));
  const ends = fc.oneof({ arbitrary: fc.constant('complete'), weight: 6 }, fc.constantFrom('error', 'never'));
  const stream = fc.record({ gaps: fc.array(gap, { maxLength: 4 }), lastGap: gap, ends });
  const plan = fc.record({
    input: stream,
    projections: fc.array(
      fc.record({ inner: stream, does: fc.constantFrom('nothing', 'nothing', 'nothing', 'throw', 'unsubscribe', 'push') }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    concurrency: fc.constantFrom(1, 2, 3, Infinity),
    taken: fc.constantFrom(1, 2, 3, Infinity, Infinity),
    unsubscribedAt: fc.oneof(fc.constant(Infinity), fc.nat(15)),
  });
  type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;
  type Operator = (project: (value: number, index: number) => Observable<string>) => (input: Observable<number>) => Observable<string>;

  /** Plays a plan in virtual time, and returns everything that happened, in order. */
  const play = ({ input, projections, taken, unsubscribedAt }: Plan, operator: Operator): string[] => {
    const log: string[] = [];
    const scheduler = new TestScheduler(() => undefined);
    const say = (what: string): void => void log.push(`${scheduler.now()}: ${what}`);
    const emitting = <Value>(name: string, { gaps, lastGap, ends: how }: Plan['input'], valueOf: (index: number) => Value) =>
      new Observable<Value>((subscriber) => {
        say(`open ${name}`);
        subscriber.add(() => say(`close ${name}`));
        const wait = (ms: number, act: () => void): void =>
          void (ms > 0 ? subscriber.add(timer(ms).subscribe(act)) : subscriber.closed || act());
        const step = (index: number): void => {
          const ms = gaps[index];
          if (ms === undefined)
            return wait(lastGap, () => (how === 'error' ? subscriber.error(name) : how === 'complete' && subscriber.complete()));
          return wait(ms, () => {
            say(`${name} makes ${index}`);
            subscriber.next(valueOf(index));
            step(index + 1);
          });
        };
        step(0);
      });
    scheduler.run(() => {
      const values = new Subject<number>();
      const running = new Subscription();
      const planOf = (value: number): Plan['projections'][number] => projections[value % projections.length]!;
      const project = (value: number, index: number): Observable<string> => {
        say(`project ${value} as ${index}`);
        const { inner, does } = planOf(value);
        if (does === 'throw' && value > 4) throw new Error(`no ${value}`);
        if (does === 'unsubscribe' && value > 4) running.unsubscribe();
        if (does === 'push' && value < 20) values.next(value + 10);
        return emitting(`inner ${value}`, inner, (at) => `${value}.${at}`);
      };
      const see = { next: say, error: (error: unknown) => say(String(error)), complete: () => say('complete') };
      running.add(operator(project)(values).pipe(take(taken)).subscribe(see));
      emitting('input', input, (index) => index + 1).subscribe(values);
      timer(unsubscribedAt).subscribe(() => running.unsubscribe());
      scheduler.flush();
    });
    return log;
  };

  const unbounded = { buffer: Infinity };
  const operators: [string, (concurrency: number) => [Operator, Operator]][] = [
    [
      'over an Observable',
      (concurrency) => [(project) => pullMap(project, { concurrency, ...unbounded }), (project) => mergeMap(project, concurrency)],
    ],
    [
      'over an array',
      (concurrency) => [
        (project) => () => pullMap(project, { concurrency })([1, 2, 3, 4, 5]),
        (project) => () => from([1, 2, 3, 4, 5]).pipe(mergeMap(project, concurrency)),
      ],
    ],
  ];
  it.each(operators)('does what mergeMap does, in the same order, %s', (_, both) => {
    fc.assert(
      fc.property(plan, (given) => {
        const [ours, theirs] = both(given.concurrency);
        expect(play(given, ours)).toEqual(play(given, theirs));
      }),
      { numRuns: 500 },
    );
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
  [{ concurrency: 1, overflow: 'drop' }, 'overflow must be error, dropNewest, dropOldest (found drop)'],
])('refuses %j at construction', (options, message) => {
  expect(() => pullMap(() => NEVER, options as PullMapOptions)).toThrow(message);
});
