import { type Observable, Subject, ignoreElements, lastValueFrom, of, takeUntil, tap, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventBatch } from '../../../src/decode/events.ts';
import { makeEvents } from '../../../src/decode/events.ts';
import { codeOf } from '../../../src/errors.ts';
import { windows as cut } from '../../../src/frame/windowing/windows.ts';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import type { Filter } from '../../../src/frame/filter.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { endless } from '../../../src/stage/lifetime.ts';
import { listen } from '../../../src/stage/report.ts';
import type { Reject } from '../../../src/stage/reject.ts';
import { countedItem } from '../../stage/items.ts';
import { marbles } from '../../stage/marbles.ts';

const batch = (count: number): EventBatch => ({
  ...countedItem({}),
  events: { ...makeEvents(count), length: count },
  width: 4,
  height: 4,
  clockUs: 0,
  capturedAtUs: 0,
});

/** Each batch is a window; `flush` and `idle` close one more. */
const eachBatch = (idleAfterMs?: number): Windowing => {
  const windowOf = ({ events, ...item }: EventBatch, closedBy: EventWindow['closedBy']): EventWindow => ({
    ...item,
    start: 0,
    end: 1,
    closedBy,
    slices: [{ events, from: 0, to: events.length }],
    history: [],
    count: events.length,
    on: 0,
  });
  return {
    name: 'eachBatch',
    ...(idleAfterMs === undefined ? {} : { idleAfterMs }),
    start: () => ({
      push: (given) => [windowOf(given, 'time')],
      idle: () => [windowOf(batch(0), 'idle')],
      flush: () => [windowOf(batch(0), 'end')],
      late: 0,
      takeLate: () => [],
    }),
  };
};
const noLetters = async (): Promise<void> => {};
const half: Filter = { name: 'half', start: () => ({ push: (events) => ({ ...events, length: events.length / 2 }), dropped: 0 }) };

describe('cut', () => {
  it('emits what each batch closes, and what is open at the end', async () => {
    const windows = await lastValueFrom(of(batch(2), batch(3)).pipe(cut(eachBatch(), { reject: noLetters }), toArray()));
    expect(windows.map(({ count, closedBy }) => [count, closedBy])).toEqual([
      [2, 'time'],
      [3, 'time'],
      [0, 'end'],
    ]);
  });

  it('leaves what is open alone when it is unsubscribed: half a window would be taken for the whole one', () => {
    const stop = new Subject<void>();
    const batches = new Subject<EventBatch>();
    const reasons: string[] = [];
    batches.pipe(cut(eachBatch(), { reject: noLetters }), takeUntil(stop)).subscribe(({ closedBy }) => reasons.push(closedBy));
    batches.next(batch(2));
    stop.next();
    batches.complete();
    expect(reasons).toEqual(['time']);
  });

  it('errors with what a filter or a windowing throws, in a batch, at the idle timeout and at the end', () => {
    const fail = (): never => {
      throw new Error('broken');
    };
    const failing = (method: 'push' | 'idle' | 'flush'): Windowing => {
      const whole = eachBatch(60);
      return { ...whole, start: (options) => ({ ...whole.start(options), [method]: fail }) };
    };
    marbles(({ cold, expectObservable }) => {
      const errors = (windowing: Windowing, filters: readonly Filter[] = []): Observable<unknown> =>
        cold('a 99ms |', { a: batch(2) }).pipe(cut(windowing, { filters }), ignoreElements());
      expectObservable(errors(eachBatch(), [{ name: 'broken', start: () => ({ push: fail, dropped: 0 }) }])).toBe(
        '#',
        undefined,
        new Error('broken'),
      );
      expectObservable(errors(failing('push'))).toBe('#', undefined, new Error('broken'));
      expectObservable(errors(failing('idle'))).toBe('60ms #', undefined, new Error('broken'));
      expectObservable(errors(failing('flush'))).toBe('100ms #', undefined, new Error('broken'));
    });
  });

  it('counts and drops late events where no dead letters are wanted, and acks their packet', async () => {
    const acked: number[] = [];
    const given = (...t: number[]): EventBatch => ({
      ...batch(0),
      ack: () => acked.push(t[0]!),
      events: { ...makeEvents(t.length), length: t.length, t: Float64Array.from(t) },
    });
    const windows = of(given(500), given(3_000, 400), given(12_000)).pipe(
      cut(tumbling({ everyMs: 1 })),
      tap((window) => window.ack()),
    );
    expect((await lastValueFrom(windows.pipe(toArray()))).map(({ start }) => start)).toEqual([0, 3000, 12_000]);
    expect(acked).toEqual([500, 3000, 12_000]);
  });

  it('filters first, in the order given', async () => {
    const windows = await lastValueFrom(of(batch(8)).pipe(cut(eachBatch(), { filters: [half, half], reject: noLetters }), toArray()));
    expect(windows[0]!.count).toBe(2);
  });

  it('keeps what a filter left: the filter writes its next batch over it', async () => {
    const columns = makeEvents(1);
    const sameColumns: Filter = {
      name: 'sameColumns',
      start: () => ({
        push: ({ t }) => {
          columns.t[0] = t[0]!;
          return Object.assign(columns, { length: 1 });
        },
        dropped: 0,
      }),
    };
    const [first, second] = [batch(1), batch(1)];
    first.events.t[0] = 7;
    const windows = await lastValueFrom(of(first, second).pipe(cut(eachBatch(), { filters: [sameColumns], reject: noLetters }), toArray()));
    expect(windows[0]!.slices[0]!.events.t[0]).toBe(7);
  });

  it('reports what is in no window, late or dropped by a filter', async () => {
    const told: unknown[] = [];
    const end = listen('cut', (report) => told.push(report));
    const dropsAll: Filter = { name: 'dropsAll', start: () => ({ push: () => makeEvents(0), dropped: 3 }) };
    await lastValueFrom(of(batch(3)).pipe(cut(eachBatch(), { filters: [dropsAll], reject: noLetters }), toArray()));
    end();
    expect(told).toEqual([{ sensor: batch(0).sensor, counters: { late: 0, dropsAll: 3 } }]);
  });

  it('rejects late events before the windows that end in their packet, and holds the packet until they are safe', async () => {
    const log: string[] = [];
    const written = Promise.withResolvers<void>();
    const reject: Reject = async (stage, { ack }, cause, { payload, start, end }) => {
      log.push(`${stage} ${codeOf(cause)} ${start} ${end} ${String(Buffer.from(payload!))}`);
      await written.promise;
      ack();
    };
    const given = (...t: number[]): EventBatch => ({
      ...batch(0),
      ack: () => log.push(`acked ${t.at(-1)}`),
      events: { ...makeEvents(t.length), length: t.length, t: Float64Array.from(t) },
    });
    const windows = of(given(500), given(3_000, 400, 2_100), given(1_500, 3_500, 12_000)).pipe(cut(tumbling({ everyMs: 1 }), { reject }));
    await lastValueFrom(windows.pipe(tap((window) => (log.push(`window ${window.start}`), window.ack()))));
    expect(log).toEqual([
      'cut EVENTS_LATE 400 2101 t,x,y,p\n400,0,0,0\n2100,0,0,0\n',
      'window 0',
      'acked 500',
      'cut EVENTS_LATE 1500 1501 t,x,y,p\n1500,0,0,0\n',
      'window 3000',
      'window 12000',
    ]);
    written.resolve();
    await new Promise(setImmediate);
    expect(log.slice(-2)).toEqual(['acked 2100', 'acked 12000']);
  });

  describe('idle clock', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('closes windows at the idle timeout, but not while the gate is shut: then it is Saccade that does not read', () => {
      const gate = { shut: true };
      const batches = new Subject<EventBatch>();
      const reasons: string[] = [];
      const subscription = batches
        .pipe(cut(eachBatch(100), { gate, reject: noLetters }))
        .subscribe(({ closedBy }) => reasons.push(closedBy));
      batches.next(batch(1));
      vi.advanceTimersByTime(1000);
      expect(reasons).toEqual(['time']);
      gate.shut = false;
      vi.advanceTimersByTime(100);
      expect(reasons).toEqual(['time', 'idle']);
      subscription.unsubscribe();
      expect(vi.getTimerCount()).toBe(0);
    });

    it('closes windows where the idle timeout closed them in the run before, also without a pause', () => {
      const given = (first: number, ...t: number[]): EventBatch => ({
        ...batch(0),
        position: { ...batch(0).position, first, end: first + 1 },
        events: { ...makeEvents(t.length), length: t.length, t: Float64Array.from(t) },
        clockUs: Number.NaN,
      });
      const run = (pauseMs: number, idleAt?: readonly number[]): object[] => {
        const batches = new Subject<EventBatch>();
        const windows: object[] = [];
        const session = { idleAt, lifetime: endless, register: () => true, finish: () => {} };
        const windowing = mixed({ everyMs: 100, orEvents: 1000, idleAfterMs: 50 });
        batches
          .pipe(cut(windowing, { reject: noLetters }))
          .subscribe(({ start, end, count, closedBy, idleAt: at }) => windows.push({ start, end, count, closedBy, at }));
        batches.next({ ...given(4, 100, 200), session });
        batches.next({ ...given(5, 300), session });
        vi.advanceTimersByTime(pauseMs);
        batches.next({ ...given(6, 400, 500), session });
        batches.complete();
        return windows;
      };
      const live = run(60);
      expect(live).toEqual([
        { start: 0, end: 301, count: 3, closedBy: 'idle', at: 6 },
        { start: 301, end: 100_000, count: 2, closedBy: 'end', at: undefined },
      ]);
      expect(run(0)).toHaveLength(1);
      expect(run(0, [6])).toEqual(live);
    });
  });
});
