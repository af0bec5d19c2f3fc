import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regionOfInterest } from '../../../src/frame/filters/regionOfInterest.ts';
import { crowd, filtered, itIsAFilter } from '../filter.contract.ts';

const region = { x: 2, y: 3, width: 4, height: 5 };

describe('regionOfInterest', () => {
  itIsAFilter(() => regionOfInterest(region));

  it('keeps what is inside, or what is outside', () => {
    fc.assert(
      fc.property(crowd(), (dots) => {
        const isInside = ({ x, y }: { x: number; y: number }): boolean => x >= 2 && x < 6 && y >= 3 && y < 8;
        expect(filtered(regionOfInterest(region).start(), dots)).toEqual(dots.filter(isInside));
        expect(filtered(regionOfInterest({ ...region, keep: 'outside' }).start(), dots)).toEqual(dots.filter((dot) => !isInside(dot)));
      }),
    );
  });
});
