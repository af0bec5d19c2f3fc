import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backgroundActivity } from '../../../src/frame/filters/backgroundActivity.ts';
import { crowd, filtered, itIsAFilter } from '../filter.contract.ts';

describe('backgroundActivity', () => {
  itIsAFilter(() => backgroundActivity());

  it.each([4, 8] as const)('keeps an event that one of %i neighbours had one shortly before', (neighbours) => {
    fc.assert(
      fc.property(crowd(), (dots) => {
        const isNeighbour = (dx: number, dy: number): boolean => (neighbours === 8 ? Math.max(dx, dy) === 1 : dx + dy === 1);
        const straight = dots.filter((dot, i) =>
          dots.slice(0, i).some(({ t, x, y }) => isNeighbour(Math.abs(x - dot.x), Math.abs(y - dot.y)) && dot.t - t <= 2000),
        );
        expect(filtered(backgroundActivity({ neighbours }).start(), dots)).toEqual(straight);
      }),
    );
  });
});
