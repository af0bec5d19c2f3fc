import * as fc from 'fast-check';
import { type EventBatch, type Events, makeEvents } from '../../src/decode/events.ts';
import type { EventSlice, EventWindow } from '../../src/frame/eventWindow.ts';
import type { Ack } from '../../src/stage/item.ts';

/** One event, for tests only: the flow itself never makes objects of them. */
export interface Dot {
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly p: number;
}

export function eventsOf(dots: readonly Dot[]): Events {
  const events = makeEvents(dots.length);
  dots.forEach(({ t, x, y, p }, i) => {
    events.t[i] = t;
    events.x[i] = x;
    events.y[i] = y;
    events.p[i] = p;
  });
  events.length = dots.length;
  return events;
}

export const dotsOf = (slices: readonly EventSlice[]): Dot[] =>
  slices.flatMap(({ events: { t, x, y, p }, from, to }) =>
    Array.from({ length: to - from }, (_, i) => ({ t: t[from + i]!, x: x[from + i]!, y: y[from + i]!, p: p[from + i]! })),
  );

export interface BatchFacts {
  index?: number;
  ack?: Ack;
  clockUs?: number;
  width?: number;
  height?: number;
}

export const batchOf = (
  dots: readonly Dot[],
  { index = 0, ack = () => undefined, clockUs = NaN, width = 640, height = 480 }: BatchFacts = {},
): EventBatch => ({
  sensor: 'cam',
  position: { source: 'test', unit: 'packet', partition: 0, first: index, end: index + 1 },
  ack,
  events: eventsOf(dots),
  width,
  height,
  clockUs,
  capturedAtUs: 1_700_000_000_000_000 + index,
});

/** A window that holds these events, for renderers. */
export function windowOf(dots: readonly Dot[], given: Partial<EventWindow> = {}): EventWindow {
  const times = dots.map(({ t }) => t);
  const { sensor, position, ack, capturedAtUs, width, height } = batchOf(dots, { width: 32, height: 24 });
  return {
    sensor,
    position,
    ack,
    capturedAtUs,
    width,
    height,
    start: Math.min(0, ...times),
    end: Math.max(0, ...times) + 1,
    closedBy: 'time',
    slices: [{ events: eventsOf(dots), from: 0, to: dots.length }],
    history: [],
    count: dots.length,
    on: dots.filter(({ p }) => p === 1).length,
    ...given,
  };
}

/** Packets of a stream whose events come nearly in order, each with an x of its own (its number from 1) to tell it by. */
export const packetsOf = (): fc.Arbitrary<Dot[][]> =>
  fc
    .array(fc.array(fc.record({ step: fc.integer({ min: -300, max: 3_000 }), p: fc.integer({ min: 0, max: 1 }) }), { maxLength: 12 }), {
      maxLength: 12,
    })
    .map((packets) => {
      let t = 1_000;
      let x = 0;
      return packets.map((dots) => dots.map(({ step, p }) => ({ t: (t = Math.max(0, t + step)), x: ++x, y: 0, p })));
    });

/** Events in order of time on the 32 x 24 pixels of `windowOf`, many of them in the same pixels. */
export const someDots = (lastT = 100_000): fc.Arbitrary<Dot[]> =>
  fc
    .array(fc.record({ t: fc.nat(lastT), x: fc.nat({ max: 31 }), y: fc.nat({ max: 23 }), p: fc.nat({ max: 1 }) }), { maxLength: 300 })
    .map((dots) =>
      dots.map((dot) => ({ ...dot, x: dot.x < 20 ? dot.x % 4 : dot.x, y: dot.y < 16 ? dot.y % 4 : dot.y })).toSorted((a, b) => a.t - b.t),
    );

/** What `draw` says of the events of each pixel, row by row. */
export const eachPixel = <Out>(dots: readonly Dot[], draw: (own: readonly Dot[]) => Out): Out[] =>
  Array.from({ length: 32 * 24 }, (_, pixel) => draw(dots.filter(({ x, y }) => y * 32 + x === pixel)));
