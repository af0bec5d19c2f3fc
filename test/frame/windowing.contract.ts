import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import type { EventWindow } from '../../src/frame/eventWindow.ts';
import type { Windowing } from '../../src/frame/windowing/windowing.ts';
import { type Dot, batchOf, dotsOf, packetsOf } from './dots.ts';

export interface WindowingPromise {
  /** Copies of each event: 1 for windows side by side, undefined where it depends on the event. */
  readonly copies?: number;
}

/** What every windowing promises. */
export function itIsAWindowing(make: () => Windowing, { copies }: WindowingPromise): void {
  const cutAll = (packets: readonly (readonly Dot[])[], horizonUs = 0): { windows: EventWindow[]; late: number; acked: number[] } => {
    const acked = packets.map(() => 0);
    const assigner = make().start({ horizonUs });
    const windows = packets.flatMap((dots, index) => assigner.push(batchOf(dots, { index, ack: () => acked[index]!++ })));
    windows.push(...assigner.flush());
    return { windows, late: assigner.late, acked };
  };

  it('is named after its file and has JSON-compatible parameters', () => {
    const { name, params } = make();
    expect(name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
  });

  it('gives each window only events with start <= t < end, and counts them', () => {
    fc.assert(
      fc.property(packetsOf(), (packets) => {
        for (const { start, end, slices, count, on } of cutAll(packets).windows) {
          const dots = dotsOf(slices);
          expect(dots.length).toBeGreaterThan(0);
          expect(dots.every(({ t }) => start <= t && t < end)).toBe(true);
          expect([count, on]).toEqual([dots.length, dots.filter(({ p }) => p === 1).length]);
        }
      }),
    );
  });

  it('loses no event: what is in no window was counted as late', () => {
    fc.assert(
      fc.property(packetsOf(), (packets) => {
        const { windows, late } = cutAll(packets);
        const given = packets.flat().map(({ x }) => x);
        const taken = windows.flatMap(({ slices }) => dotsOf(slices).map(({ x }) => x));
        const missing = given.filter((x) => !taken.includes(x));
        expect(late).toBeGreaterThanOrEqual(copies === undefined ? 0 : missing.length);
        if (copies === 1) expect(late).toBe(missing.length);
        if (copies !== undefined && late === 0) expect(taken.length).toBe(given.length * copies);
      }),
    );
  });

  it('cuts the same windows however the stream was cut into packets', () => {
    fc.assert(
      fc.property(packetsOf(), (packets) => {
        const whole = cutAll([packets.flat()]);
        const single = cutAll(packets.flat().map((dot) => [dot]));
        const given = cutAll(packets);
        expect(given.windows.map(facts)).toEqual(whole.windows.map(facts));
        expect(single.windows.map(facts)).toEqual(whole.windows.map(facts));
        expect([given.late, single.late]).toEqual([whole.late, whole.late]);
      }),
    );
  });

  it('ends every ack once: when the windows with its events are acked, or at once', () => {
    fc.assert(
      fc.property(packetsOf(), fc.constantFrom(0, 7_000), (packets, horizonUs) => {
        const { windows, acked } = cutAll(packets, horizonUs);
        const holders = (dots: readonly Dot[]): EventWindow[] =>
          windows.filter(({ slices }) => dotsOf(slices).some(({ x }) => dots.some((dot) => dot.x === x)));
        const isOpen = new Set(windows);
        const check = (): void =>
          packets.forEach((dots, index) => expect(acked[index]).toBe(holders(dots).some((window) => isOpen.has(window)) ? 0 : 1));
        check();
        for (const window of windows) {
          window.ack();
          isOpen.delete(window);
          check();
        }
      }),
    );
  });

  it('holds the ack of a packet that a later picture depends on', () => {
    const assigner = make().start({ horizonUs: 1e9 });
    let acked = 0;
    const first = batchOf([{ t: 5, x: 1, y: 0, p: 1 }], { ack: () => acked++ });
    const windows = [...assigner.push(first), ...assigner.push(batchOf([{ t: 900_000, x: 2, y: 0, p: 1 }]))];
    for (const window of windows) window.ack();
    expect(acked).toBe(0);
    for (const window of assigner.flush()) window.ack();
    expect(acked).toBe(1);
  });

  it('carries the events of the horizon before the start', () => {
    // Steps of 500 µs, so that events often have the very time of a border.
    const inOrder = fc.array(fc.nat(200), { maxLength: 60 }).map((times) => times.map((t) => t * 500).toSorted((a, b) => a - b));
    fc.assert(
      fc.property(inOrder, fc.integer({ min: 1, max: 60 }), fc.boolean(), (times, steps, atOnce) => {
        const horizonUs = steps * 500;
        const dots = times.map((t, x) => ({ t, x, y: 0, p: 1 }));
        const { windows } = cutAll(atOnce ? [dots] : dots.map((dot) => [dot]), horizonUs);
        for (const { start, history } of windows) {
          expect(dotsOf(history).map(({ x }) => x)).toEqual(dots.filter(({ t }) => t >= start - horizonUs && t < start).map(({ x }) => x));
        }
      }),
    );
  });

  it('acks packets that only the memory of filters needs, also while the sensor has no events', () => {
    const assigner = make().start({ horizonUs: 0, memoryUs: 5_000 });
    let open = 0;
    for (let clockUs = 0; clockUs < 2e6; clockUs += 1_000) {
      open++;
      assigner.push(batchOf([], { clockUs, ack: () => open-- }));
    }
    expect(open).toBeLessThan(50);
    assigner.flush();
    expect(open).toBe(0);
  });

  it('spans the packets of its events', () => {
    const { windows } = cutAll([[{ t: 1, x: 1, y: 0, p: 1 }], [{ t: 2, x: 2, y: 0, p: 0 }], [{ t: 3, x: 3, y: 0, p: 1 }]]);
    for (const { position, slices } of windows) {
      const xs = dotsOf(slices).map(({ x }) => x);
      expect(position).toEqual({ source: 'test', unit: 'packet', partition: 0, first: Math.min(...xs) - 1, end: Math.max(...xs) });
    }
  });

  it('makes no windows of a pause, however long', () => {
    const { windows } = cutAll([[{ t: 0, x: 1, y: 0, p: 1 }], [{ t: 2 ** 52, x: 2, y: 0, p: 1 }]]);
    expect(windows.length).toBeLessThan(100);
  });

  it('continues after the clock of a sensor was restarted', () => {
    const { windows, late } = cutAll([second(60e6, 1000), second(0, 1000)]);
    const taken = new Set(windows.filter(({ start }) => start < 10e6).flatMap(({ slices }) => dotsOf(slices).map(({ t }) => t)));
    expect(late).toBe(256);
    expect(taken.size).toBe(1000 - 256);
  });

  it('has nothing to say of nothing', () => {
    const assigner = make().start({ horizonUs: 0 });
    let acked = 0;
    expect(assigner.push(batchOf([], { ack: () => acked++ }))).toEqual([]);
    expect(acked).toBe(1);
    expect(assigner.flush()).toEqual([]);
  });
}

const facts = ({ start, end, closedBy, count, on, slices }: EventWindow): unknown => ({
  start,
  end,
  closedBy,
  count,
  on,
  dots: dotsOf(slices),
});

/** Events each 100 µs. */
const second = (from: number, events: number): Dot[] => Array.from({ length: events }, (_, i) => ({ t: from + i * 100, x: i, y: 0, p: 1 }));
