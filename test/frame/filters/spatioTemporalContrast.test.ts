import { describe, expect, it } from 'vitest';
import { spatioTemporalContrast } from '../../../src/frame/filters/spatioTemporalContrast.ts';
import { filtered, itIsAFilter } from '../filter.contract.ts';

const on = (t: number): { t: number; x: number; y: number; p: number } => ({ t, x: 1, y: 1, p: 1 });
const off = (t: number): { t: number; x: number; y: number; p: number } => ({ t, x: 1, y: 1, p: 0 });
/** A burst of three, one alone, a burst of two of the other polarity. */
const dots = [on(0), on(5_000), on(10_000), on(30_000), off(31_000), off(41_000)];

describe('spatioTemporalContrast', () => {
  describe('cutting the trail', () => itIsAFilter(() => spatioTemporalContrast()));
  describe('keeping the trail', () => itIsAFilter(() => spatioTemporalContrast({ mode: 'stcKeepTrail' })));
  describe('trail only', () => itIsAFilter(() => spatioTemporalContrast({ mode: 'trail', thresholdMs: 2 })));

  it.each([
    ['stcCutTrail', [5_000, 41_000]],
    ['stcKeepTrail', [5_000, 10_000, 41_000]],
    ['trail', [0, 30_000, 31_000]],
  ] as const)('%s keeps its part of each burst', (mode, times) => {
    expect(filtered(spatioTemporalContrast({ mode }).start(), dots).map(({ t }) => t)).toEqual(times);
  });
});
