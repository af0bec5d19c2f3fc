import { describe, expect, it } from 'vitest';
import { sliding } from '../../../src/frame/windows/sliding.ts';
import { batchOf, dotsOf } from '../dots.ts';
import { itIsAWindowing } from '../windowing.contract.ts';

const cutAll = (everyMs: number, lengthMs: number, ...times: number[]): [start: number, end: number, times: number[]][] => {
  const assigner = sliding({ everyMs, lengthMs }).start({ horizonUs: 0 });
  return [...assigner.push(batchOf(times.map((t, x) => ({ t, x, y: 0, p: 1 })))), ...assigner.flush()].map(({ start, end, slices }) => [
    start,
    end,
    dotsOf(slices).map(({ t }) => t),
  ]);
};

describe('sliding', () => {
  itIsAWindowing(() => sliding({ everyMs: 5, lengthMs: 15 }), { copies: 3 });
  describe('with a length that is no multiple', () => itIsAWindowing(() => sliding({ everyMs: 4, lengthMs: 10, lateAfterMs: 1 }), {}));
  describe('hopping, with gaps', () => itIsAWindowing(() => sliding({ everyMs: 10, lengthMs: 9.99 }), {}));

  it('puts an event into each window that spans it', () => {
    expect(cutAll(5, 10, 6_000, 12_000)).toEqual([
      [0, 10_000, [6_000]],
      [5_000, 15_000, [6_000, 12_000]],
      [10_000, 20_000, [12_000]],
    ]);
  });

  it('leaves out what lies between windows', () => {
    expect(cutAll(10, 4, 3_999, 4_000, 10_000, 12_000)).toEqual([
      [0, 4_000, [3_999]],
      [10_000, 14_000, [10_000, 12_000]],
    ]);
  });
});
