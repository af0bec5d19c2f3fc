import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dvEdgeMap } from '../../../src/frame/renderers/dvEdgeMap.ts';
import { eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

describe('dvEdgeMap', () => {
  itIsARenderer((canvas) => dvEdgeMap(canvas));

  it('shows clamp(neutral + 0.25 * 255 n)', () => {
    fc.assert(
      fc.property(someDots(), (dots) => {
        const straight = eachPixel(dots, ({ length }) => Math.round(Math.min(255, 0.25 * 255 * length)));
        expect([...dvEdgeMap({ minSide: 0 }).draw(windowOf(dots)).data]).toEqual(straight);
      }),
    );
  });

  it('takes OFF events away where polarity counts', () => {
    const dots = [1, 1, 0].map((p, t) => ({ t, x: t === 2 ? 1 : 0, y: 0, p }));
    const { data } = dvEdgeMap({ ignorePolarity: false, neutralPotential: 0.5, minSide: 0 }).draw(windowOf(dots));
    expect([...data.subarray(0, 3)]).toEqual([255, 64, 128]);
  });
});
