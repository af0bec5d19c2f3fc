import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedCount } from '../../../src/frame/renderers/signedCount.ts';
import { eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

describe('signedCount', () => {
  itIsARenderer((canvas) => signedCount(canvas));

  it('shows 128 + 127 clip((ON - OFF) / max), exact to the value', () => {
    fc.assert(
      fc.property(someDots(), fc.nat(10), (dots, max) => {
        const sums = eachPixel(dots, (own) => own.reduce((sum, { p }) => sum + (p === 1 ? 1 : -1), 0));
        const most = max > 0 ? max : Math.max(1, ...sums.map((n) => Math.abs(n)));
        const straight = sums.map((n) => Math.round(128 + 127 * Math.min(1, Math.max(-1, n / most))));
        expect([...signedCount({ max, minSide: 0 }).draw(windowOf(dots)).data]).toEqual(straight);
      }),
    );
  });
});
