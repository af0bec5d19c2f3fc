import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dvAccumulator } from '../../../src/frame/renderers/dvAccumulator.ts';
import { type Dot, eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

const straight = (own: readonly Dot[], left: (distance: number, us: number) => number, neutral: number, endOfDecay?: number): number => {
  let potential = neutral;
  let last = 0;
  for (const { t, p } of own) {
    potential = neutral + left(potential - neutral, t - last) + (p === 1 ? 0.15 : -0.15);
    potential = Math.max(0, Math.min(1, potential));
    last = t;
  }
  if (endOfDecay !== undefined) potential = neutral + left(potential - neutral, endOfDecay - last);
  return Math.round(255 * potential);
};

describe('dvAccumulator', () => {
  itIsARenderer((canvas) => dvAccumulator(canvas));
  describe('with history', () => itIsARenderer((canvas) => dvAccumulator({ historyMs: 100, neutralPotential: 0.5, ...canvas })));

  it('decays each pixel to its next event and adds the contribution, with the defaults of dv-processing', () => {
    fc.assert(
      fc.property(someDots(3_000_000), (dots) => {
        const expected = eachPixel(dots, (own) => straight(own, (d, us) => d * Math.exp(-us / 1e6), 0));
        expect([...dvAccumulator({ minSide: 0 }).draw(windowOf(dots)).data]).toEqual(expected);
      }),
    );
  });

  it('decays linearly, and to the end of the window where that is asked for', () => {
    fc.assert(
      fc.property(someDots(3_000_000), (dots) => {
        const options = { decay: 'linear', decayParam: 1e-7, synchronousDecay: true, neutralPotential: 0.5, minSide: 0 } as const;
        const left = (d: number, us: number): number => Math.sign(d) * Math.max(0, Math.abs(d) - us * 1e-7);
        const expected = eachPixel(dots, (own) => straight(own, left, 0.5, 3_000_001));
        expect([...dvAccumulator(options).draw(windowOf(dots, { end: 3_000_001 })).data]).toEqual(expected);
      }),
    );
  });
});
