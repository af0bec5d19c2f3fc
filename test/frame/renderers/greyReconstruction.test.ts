import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greyReconstruction } from '../../../src/frame/renderers/greyReconstruction.ts';
import { type Dot, eachPixel, eventsOf, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

const END = 2_000_001;
const grey = (own: readonly Dot[]): number => {
  let level = 0;
  let last = 0;
  for (const { t, p } of own) {
    level = level * Math.exp(-(t - last) / 1e6) + Math.log(p === 1 ? 1.2 : 1 / 1.2);
    last = t;
  }
  return Math.min(255, Math.round(255 * Math.exp(-5 * Math.log(1.2)) * Math.exp(level * Math.exp(-(END - last) / 1e6))));
};

/** Convolution by definition; the picture is mirrored about its border pixels. */
const gauss = (image: readonly number[]): number[] =>
  image.map((_, pixel) => {
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const x = Math.abs((pixel % 32) + dx);
        const y = Math.abs(Math.floor(pixel / 32) + dy);
        sum += (2 - Math.abs(dx)) * (2 - Math.abs(dy)) * image[(y > 23 ? 22 : y) * 32 + (x > 31 ? 30 : x)]!;
      }
    return Math.floor(sum / 16 + 0.5);
  });

describe('greyReconstruction', () => {
  itIsARenderer((canvas) => greyReconstruction({ blur: 0, ...canvas }));

  it('integrates contrast with a leak, and maps it to grey', () => {
    fc.assert(
      fc.property(someDots(2_000_000), (dots) => {
        const { data } = greyReconstruction({ blur: 0, minSide: 0 }).draw(windowOf(dots, { end: END }));
        const expected = eachPixel(dots, grey);
        // Two orders of the same product: a value that falls on a half may round either way.
        expect(Math.max(...expected.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(1);
        expect(expected.filter((value, i) => value !== data[i]).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('blurs with a Gaussian of 3 x 3, mirrored at the border', () => {
    fc.assert(
      fc.property(someDots(2_000_000), (dots) => {
        const window = windowOf(dots, { end: END });
        const sharp = greyReconstruction({ blur: 0, minSide: 0 }).draw(window).data;
        expect([...greyReconstruction({ minSide: 0 }).draw(window).data]).toEqual(gauss([...sharp]));
      }),
    );
  });

  it('takes the mean of the pixels of a bin', () => {
    const dots = [0, 1, 2, 3].map((i) => ({ t: 1_999_000, x: i & 1, y: i >> 1, p: 1 }));
    const { data } = greyReconstruction({ blur: 0, longSide: 16, minSide: 0 }).draw(windowOf(dots, { end: END }));
    expect(data[0]).toBe(grey(dots.slice(0, 1)));
  });

  it('remembers what happened within its horizon', () => {
    const renderer = greyReconstruction({ historyMs: 250, blur: 0, minSide: 0 });
    expect(renderer.horizonUs).toBe(250_000);
    const [before, now] = [
      { t: 0, x: 5, y: 5, p: 1 },
      { t: 200_000, x: 6, y: 5, p: 1 },
    ];
    const history = [{ events: eventsOf([before]), from: 0, to: 1 }];
    const { data } = renderer.draw(windowOf([now], { start: 150_000, end: END, history }));
    expect(data[5 * 32 + 5]).toBe(grey([before]));
  });
});
