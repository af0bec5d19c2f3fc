import { expect, test } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import type { Pixels, Renderer } from '../../../src/frame/renderer.ts';
import { sideBySide } from '../../../src/frame/renderers/sideBySide.ts';
import { withPrevious } from '../../../src/frame/renderers/withPrevious.ts';

/** Draws its window as one pixel: the number of events in it. */
const counting = (channels: 1 | 3 = 1): Renderer => ({
  name: 'counting',
  params: {},
  legend: 'Grey: number of events.',
  horizonUs: 5000,
  draw: ({ count }): Pixels => ({ width: 1, height: 1, channels, data: new Uint8Array(channels).fill(count) }),
});

const events = {
  length: 6,
  t: Float64Array.of(1000, 8000, 12_000, 15_000, 20_000, 21_000),
  x: new Uint16Array(6),
  y: new Uint16Array(6),
  p: Uint8Array.of(1, 1, 0, 1, 1, 0),
};
const window: EventWindow = {
  sensor: 's',
  position: { source: 's', unit: 'packet', partition: 0, first: 0, end: 1 },
  ack: () => undefined,
  start: 20_000,
  end: 30_000,
  closedBy: 'time',
  width: 1,
  height: 1,
  count: 2,
  on: 1,
  capturedAtUs: 0,
  slices: [{ events, from: 4, to: 6 }],
  history: [{ events, from: 0, to: 4 }],
};

test('two renderers draw one window into one picture, with a line between them', () => {
  const both = sideBySide(counting(1), counting(3));
  const { width, height, channels, data } = both.draw(window);
  expect([width, height, channels]).toEqual([6, 1, 3]);
  expect([...data]).toEqual([2, 2, 2, ...Array.from({ length: 12 }, () => 255), 2, 2, 2]);
  expect(both.legend).toContain('On the left: Grey: number of events.');
  expect(both.horizonUs).toBe(5000);
});

test('the time before the window is drawn from its history', () => {
  const both = withPrevious(counting(), { ms: 10 });
  expect([...both.draw(window).data]).toEqual([2, 255, 255, 255, 255, 2]);
  expect([...withPrevious(counting(), { ms: 15 }).draw(window).data][0]).toBe(3);
  expect(both.horizonUs).toBe(15_000);
  expect(both.legend).toContain('the 10 ms before');
});

test('a length that is none is refused', () => {
  expect(() => withPrevious(counting(), { ms: 0 })).toThrow(/withPrevious\.ms: must be above 0 ms \(found 0\)/);
});
