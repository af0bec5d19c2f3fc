import { type Observable, map, takeUntil } from 'rxjs';
import { describe, it } from 'vitest';
import { type EventBatch, makeEvents } from '../../../src/decode/events.ts';
import type { CutOptions } from '../../../src/frame/windowing/cut.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { windows } from '../../../src/frame/windowing/windows.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import { type Lifetime, endless } from '../../../src/stage/lifetime.ts';
import type { Session } from '../../../src/stage/session.ts';
import { countedItem } from '../../stage/items.ts';
import { marbles } from '../../stage/marbles.ts';

/** A batch of events at these times, in milliseconds of the sensor's clock. */
const batch = (timesMs: readonly number[], over: Partial<EventBatch> = {}): EventBatch => ({
  ...countedItem({}),
  events: { ...makeEvents(timesMs.length), length: timesMs.length, t: Float64Array.from(timesMs, (ms) => ms * 1000) },
  width: 4,
  height: 4,
  clockUs: Number.NaN,
  capturedAtUs: 0,
  ...over,
});

/** The windows as text: from and to in milliseconds, the number of events, and what closed them. */
const cutInto = (batches: Observable<EventBatch>, windowing: Windowing, options?: CutOptions): Observable<string> =>
  batches.pipe(
    windows(windowing, options),
    map(({ start, end, count, closedBy }) => `${start / 1000}-${end / 1000} ${count} ${closedBy}`),
  );

describe('windows', () => {
  const everyTenMs = tumbling({ everyMs: 10 });
  const batches = { a: batch([1, 2]), b: batch([3, 12]), c: batch([25, 31]), e: batch([]) };
  const cut = { v: '0-10 3 time', w: '10-20 1 time', x: '20-30 1 time', y: '30-40 1 end', z: '10-20 1 end' };

  it('emits what a batch closes together with the batch, and at completion what is still open', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cutInto(cold('a-b-----c-----|', batches), everyTenMs)).toBe('--v-----(wx)--(y|)', cut);
      expectObservable(cutInto(cold('e-e-|', batches), everyTenMs)).toBe('----|');
    });
  });

  it('leaves open windows alone when it is unsubscribed, so `takeUntil` behind it stops a flow and before it cuts windows short', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const input = cold('a-b----------|', batches);
      const stop = '         -----s';
      expectObservable(cutInto(input, everyTenMs).pipe(takeUntil(hot(stop)))).toBe('--v--|', cut);
      expectObservable(cutInto(input.pipe(takeUntil(hot(stop))), everyTenMs)).toBe('--v--(z|)', cut);
      expectObservable(cutInto(input, everyTenMs), '^----!').toBe('--v---', cut);
      expectSubscriptions(input.subscriptions).toBe(['^----!', '^----!', '^----!']);
    });
  });

  it('passes an error of the input on at once, and emits no window that was open', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cutInto(cold('a-b--#', batches), everyTenMs)).toBe('--v--#', cut);
    });
  });

  it('cuts each sensor by its own clock: a pause of one holds up no window of another', () => {
    marbles(({ cold, expectObservable }) => {
      const right = { l: batch([5]), r: batch([5], { sensor: 'right' }), s: batch([15], { sensor: 'right' }) };
      expectObservable(cutInto(cold('lr-s-----|', right), everyTenMs)).toBe('---w-----(xy|)', {
        w: '0-10 1 time',
        x: '0-10 1 end',
        y: '10-20 1 end',
      });
    });
  });

  it('closes a window when the sensor is silent for `idleAfterMs`, and waits while a shut gate keeps the packets away', () => {
    marbles(({ cold, expectObservable }) => {
      const windowing = mixed({ everyMs: 100, orEvents: 1000, idleAfterMs: 5 });
      const times = { a: batch([1, 2]), b: batch([3]) };
      const closed = { i: '0-2.001 2 idle', j: '2.001-3.001 1 idle', k: '0-3.001 3 idle' };
      expectObservable(cutInto(cold('a-------b---------|', times), windowing)).toBe('-----i-------j----|', closed);
      expectObservable(cutInto(cold('a-b---------------|', times), windowing)).toBe('-------k----------|', closed);
      const gate = { shut: true };
      cold('-------o').subscribe(() => (gate.shut = false));
      expectObservable(cutInto(cold('a-----------------|', times), windowing, { gate })).toBe('----------i-------|', closed);
    });
  });

  it('drops what is open where a session begins or ends, and what the session has seen before', () => {
    marbles(({ cold, expectObservable }) => {
      const session = (lifetime: Lifetime, isNew = true): Session => ({ lifetime, register: () => isNew, finish: () => {} });
      const lost = { isOver: false, over: cold('-----l') };
      const [one, two, seen] = [session(endless), session(lost), session(endless, false)];
      const items = {
        a: batch([1, 2, 11], { session: one }),
        b: batch([21, 31], { session: two }),
        c: batch([41], { session: seen }),
      };
      expectObservable(cutInto(cold('a--b--|', items), everyTenMs)).toBe('v--x--(y|)', {
        v: '0-10 2 time',
        x: '20-30 1 time',
        y: '30-40 1 end',
      });
      expectObservable(cutInto(cold('a--b--------|', items), everyTenMs)).toBe('v--x--------|', { v: '0-10 2 time', x: '20-30 1 time' });
      expectObservable(cutInto(cold('a--c--|', items), everyTenMs)).toBe('v-----|', { v: '0-10 2 time' });
    });
  });

  it('has the largest size that a batch of the window told, so that no event lies outside (issue 11)', () => {
    const sizes = [
      { width: 64, height: 48 },
      { width: 128, height: 2 },
      { width: 32, height: 24 },
    ];
    const told = sizes.map((size, i) => batch([i + 1], size));
    marbles(({ cold, expectObservable }) => {
      const cutWindows = cold('(abc|)', { a: told[0]!, b: told[1]!, c: told[2]! }).pipe(
        windows(everyTenMs),
        map(({ width, height, count }) => [width, height, count]),
      );
      expectObservable(cutWindows).toBe('(w|)', { w: [128, 48, 3] });
    });
  });
});
