import { describe, expect, it } from 'vitest';
import { hotPixel } from '../../../src/frame/filters/hotPixel.ts';
import type { Dot } from '../dots.ts';
import { filtered, itIsAFilter } from '../filter.contract.ts';

/** One pixel that sends each millisecond, and an edge of one event a pixel and 20 ms. */
const stream = (ms: number): Dot[] =>
  Array.from({ length: ms }, (_, i) => [
    { t: i * 1000, x: 50, y: 40, p: 1 },
    { t: i * 1000 + 1, x: i % 20, y: Math.floor(i / 20) % 60, p: i % 2 },
  ]).flat();

describe('hotPixel', () => {
  itIsAFilter(() => hotPixel({ pixels: [[3, 3]], learnMs: 20, sigma: 2 }));

  it('finds the pixels that never stop, and drops their events from the next period on', () => {
    const kept = filtered(hotPixel({ learnMs: 1000 }).start(), stream(2500), 80, 60);
    const hot = kept.filter(({ x, y }) => x === 50 && y === 40);
    expect(hot).toHaveLength(1000);
    expect(kept).toHaveLength(1000 + 2500);
  });

  it('drops the listed pixels from the beginning, and learns nothing if it is not to', () => {
    const kept = filtered(hotPixel({ pixels: [[0, 0]], learnMs: 0 }).start(), stream(1000), 80, 60);
    expect(kept.filter(({ x, y }) => x === 0 && y === 0)).toHaveLength(0);
    expect(kept.filter(({ x }) => x === 50)).toHaveLength(1000);
  });

  it('does not take a busy edge for hot pixels', () => {
    const edge = Array.from({ length: 3000 }, (_, i) => ({ t: i * 1000, x: 40, y: 20 + (i % 2), p: 1 }));
    const run = hotPixel({ learnMs: 1000 }).start();
    expect(filtered(run, edge, 80, 60)).toHaveLength(3000);
  });
});
