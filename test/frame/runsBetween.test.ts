import { expect, it } from 'vitest';
import { runsBetween } from '../../src/frame/runsBetween.ts';
import { eventsOf } from './dots.ts';

const events = eventsOf([5, 10, 12, 9, 15, 20].map((t) => ({ t, x: 0, y: 0, p: 0 })));
const runs = (...span: [number, number, number?, number?]): number[][] => runsBetween(events, ...span).map(({ from, to }) => [from, to]);

it('finds the events with start <= t < end, in one run where the times do not step back', () => {
  expect(runs(10, 20)).toEqual([
    [1, 3],
    [4, 5],
  ]);
  expect(runs(-Infinity, Infinity)).toEqual([[0, 6]]);
  expect(runs(10, 15)).toEqual([[1, 3]]);
  expect(runs(30, 40)).toEqual([]);
});

it('looks at a part of the events only', () => {
  expect(runs(10, 20, 2, 4)).toEqual([[2, 3]]);
});
