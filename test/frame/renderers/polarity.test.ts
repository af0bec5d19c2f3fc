import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polarity } from '../../../src/frame/renderers/polarity.ts';
import { type Dot, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

/** The field's definition, straight: for each event in order, the pixel takes the colour of its polarity. */
const straight = (dots: readonly Dot[], background: number[], on: number[], off: number[]): number[] => {
  const image = Array.from({ length: 32 * 24 }, () => background);
  for (const { x, y, p } of dots) image[y * 32 + x] = p === 1 ? on : off;
  return image.flat();
};
const someDots = fc.array(fc.record({ t: fc.nat(1000), x: fc.nat({ max: 31 }), y: fc.nat({ max: 23 }), p: fc.nat({ max: 1 }) }), {
  maxLength: 300,
});

describe('polarity', () => {
  itIsARenderer((canvas) => polarity(canvas));
  describe('in grey', () => itIsARenderer((canvas) => polarity({ palette: 'grey', ...canvas })));

  it.each([
    ['dark', [30, 37, 52], [255, 255, 255], [64, 126, 200]],
    ['light', [255, 255, 255], [64, 126, 200], [30, 37, 52]],
    ['coolWarm', [217, 224, 237], [255, 113, 117], [87, 123, 198]],
    ['grey', [128], [255], [0]],
  ] as const)('draws the %s palette of Metavision, exact to the value', (palette, background, on, off) => {
    const renderer = polarity({ palette, minSide: 0 });
    fc.assert(
      fc.property(someDots, (dots) => {
        expect([...renderer.draw(windowOf(dots)).data]).toEqual(straight(dots, [...background], [...on], [...off]));
      }),
    );
  });

  it('tells what the colours mean', () => {
    expect(polarity({ palette: 'light' }).legend).toBe(
      'Each pixel shows its last change: blue where it became brighter, dark where it became darker; the white background did not change.',
    );
  });
});
