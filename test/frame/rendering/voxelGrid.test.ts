import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { voxelGrid } from '../../../src/frame/rendering/voxelGrid.ts';
import { someDots, windowOf } from '../dots.ts';

describe('voxelGrid', () => {
  it('spreads each event over the two nearest bins', () => {
    fc.assert(
      fc.property(someDots(), fc.integer({ min: 1, max: 9 }), (dots, bins) => {
        const { data, width, height } = voxelGrid(windowOf(dots, { start: 0, end: 100_001 }), { bins });
        const straight = new Float64Array(bins * 32 * 24);
        for (const { t, x, y, p } of dots)
          for (let b = 0; b < bins; b++) {
            const at = ((bins - 1) * t) / 100_001;
            straight[b * 32 * 24 + y * 32 + x]! += (2 * p - 1) * Math.max(0, 1 - Math.abs(b - at));
          }
        expect([width, height, data.length]).toEqual([32, 24, straight.length]);
        expect(Math.max(...straight.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThan(1e-4);
      }),
    );
  });
});
