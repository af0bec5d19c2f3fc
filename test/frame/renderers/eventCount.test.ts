import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventCount } from '../../../src/frame/renderers/eventCount.ts';
import { eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

describe('eventCount', () => {
  itIsARenderer((canvas) => eventCount(canvas));

  it('shows the number of events, linear or logarithmic, exact to the value', () => {
    fc.assert(
      fc.property(someDots(), fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), (dots, max) => {
        const counts = eachPixel(dots, ({ length }) => length);
        const most = max ?? Math.max(1, ...counts);
        const given = { minSide: 0, ...(max === undefined ? {} : { max }) };
        const draw = (scale: 'linear' | 'log'): number[] => [...eventCount({ scale, ...given }).draw(windowOf(dots)).data];
        expect(draw('linear')).toEqual(counts.map((n) => Math.round((255 * Math.min(n, most)) / most)));
        expect(draw('log')).toEqual(counts.map((n) => Math.round((255 * Math.log1p(Math.min(n, most))) / Math.log1p(most))));
      }),
    );
  });

  it('adds up what a bin holds', () => {
    const dots = [0, 1, 2, 3].map((i) => ({ t: i, x: i & 1, y: i >> 1, p: 1 }));
    const { data } = eventCount({ scale: 'linear', max: 8, longSide: 16, minSide: 0 }).draw(windowOf(dots));
    expect(data[0]).toBe(128);
  });
});
