import { Subject, lastValueFrom, of, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventBatch } from '../../src/decode/events.ts';
import { makeEvents } from '../../src/decode/events.ts';
import { cut } from '../../src/frame/cut.ts';
import type { EventWindow } from '../../src/frame/eventWindow.ts';
import type { Filter } from '../../src/frame/filter.ts';
import type { Windowing } from '../../src/frame/windowing.ts';
import { listen } from '../../src/stage/channels.ts';
import { countedItem } from '../stage/items.ts';

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
    }),
  };
};
const open = { shut: false };
const never = new AbortController().signal;
const half: Filter = { name: 'half', start: () => ({ push: (events) => ({ ...events, length: events.length / 2 }), dropped: 0 }) };

describe('cut', () => {
  it('emits what each batch closes, and what is open at the end', async () => {
    const windows = await lastValueFrom(
      of(batch(2), batch(3)).pipe(cut({ windowing: eachBatch(), filters: [], horizonUs: 0, gate: open, stop: never }), toArray()),
    );
    expect(windows.map(({ count, closedBy }) => [count, closedBy])).toEqual([
      [2, 'time'],
      [3, 'time'],
      [0, 'end'],
    ]);
  });

  it('leaves what is open alone when the run is stopped: half a window would be taken for the whole one', async () => {
    const stop = AbortSignal.abort();
    const windows = await lastValueFrom(
      of(batch(2)).pipe(cut({ windowing: eachBatch(), filters: [], horizonUs: 0, gate: open, stop }), toArray()),
    );
    expect(windows.map(({ closedBy }) => closedBy)).toEqual(['time']);
  });

  it('filters first, in the order given', async () => {
    const windows = await lastValueFrom(
      of(batch(8)).pipe(cut({ windowing: eachBatch(), filters: [half, half], horizonUs: 0, gate: open, stop: never }), toArray()),
    );
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
    const windows = await lastValueFrom(
      of(first, second).pipe(cut({ windowing: eachBatch(), filters: [sameColumns], horizonUs: 0, gate: open, stop: never }), toArray()),
    );
    expect(windows[0]!.slices[0]!.events.t[0]).toBe(7);
  });

  it('reports what is in no window, late or dropped by a filter', async () => {
    const told: unknown[] = [];
    const end = listen('cut', (report) => told.push(report));
    const dropsAll: Filter = { name: 'dropsAll', start: () => ({ push: () => makeEvents(0), dropped: 3 }) };
    await lastValueFrom(
      of(batch(3)).pipe(cut({ windowing: eachBatch(), filters: [dropsAll], horizonUs: 0, gate: open, stop: never }), toArray()),
    );
    end();
    expect(told).toEqual([{ sensor: batch(0).sensor, counters: { late: 0, dropsAll: 3 } }]);
  });

  describe('idle clock', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('closes by silence, but not while the gate is shut: that silence is our own', () => {
      const gate = { shut: true };
      const batches = new Subject<EventBatch>();
      const reasons: string[] = [];
      const subscription = batches
        .pipe(cut({ windowing: eachBatch(100), filters: [], horizonUs: 0, gate, stop: never }))
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
  });
});
