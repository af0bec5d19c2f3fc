import { describe, expect, it } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { type AdaptiveOptions, adaptive } from '../../../src/frame/windows/adaptive.ts';
import { type Dot, batchOf } from '../dots.ts';
import { itIsAWindowing } from '../windowing.contract.ts';

const cutAll = (options: AdaptiveOptions, dots: readonly Dot[]): unknown[] => {
  const assigner = adaptive(options).start({ horizonUs: 0 });
  const windows = [...assigner.push(batchOf(dots, { width: 20, height: 10 })), ...assigner.flush()];
  return windows.map(({ start, end, count, closedBy }: EventWindow) => [start, end, count, closedBy]);
};
const every = (us: number, events: number): Dot[] => Array.from({ length: events }, (_, i) => ({ t: i * us, x: i % 20, y: 3, p: 1 }));

describe('adaptive', () => {
  itIsAWindowing(() => adaptive({ perPixel: 1e-5, atLeastMs: 0, atMostMs: 20 }), { copies: 1 });
  describe('watching overlap', () => itIsAWindowing(() => adaptive({ overlap: 0.1, atMostMs: 20, lateAfterMs: 1 }), { copies: 1 }));

  it('closes at its number of events per pixel', () => {
    expect(cutAll({ perPixel: 0.25, atLeastMs: 0 }, every(1000, 120))).toEqual([
      [0, 49_001, 50, 'count'],
      [50_000, 99_001, 50, 'count'],
      [100_000, 600_000, 20, 'end'],
    ]);
  });

  it('lasts no shorter and no longer than it may', () => {
    expect(cutAll({ perPixel: 0.25, atLeastMs: 5, atMostMs: 8 }, [...every(1, 100), { t: 20_000, x: 0, y: 0, p: 0 }])).toEqual([
      [0, 5_000, 100, 'count'],
      [20_000, 28_000, 1, 'end'],
    ]);
  });

  it('is full when edges cross their own trail', () => {
    const trail = Array.from({ length: 400 }, (_, i) => ({ t: i * 10, x: i % 20, y: 4 * (i % 2), p: i < 250 ? 1 : 0 }));
    const windows = cutAll({ perPixel: 50, overlap: 0.1, atLeastMs: 0 }, trail) as [number, number, number, string][];
    expect(windows[0]).toEqual([0, 2_991, 300, 'count']);
  });
});
