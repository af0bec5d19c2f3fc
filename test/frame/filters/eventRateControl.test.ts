import { describe, expect, it } from 'vitest';
import { eventRateControl } from '../../../src/frame/filters/eventRateControl.ts';
import type { Dot } from '../dots.ts';
import { filtered, itIsAFilter } from '../filter.contract.ts';

const stream = (perSlice: number, slices: number): Dot[] =>
  Array.from({ length: perSlice * slices }, (_, i) => ({ t: Math.floor((i * 200) / perSlice), x: (i * 7) % 12, y: (i * 5) % 9, p: i % 2 }));

describe('eventRateControl', () => {
  itIsAFilter(() => eventRateControl({ events: 2, sliceUs: 2000 }));

  it('lets everything pass below the target', () => {
    const run = eventRateControl({ events: 100 }).start();
    filtered(run, stream(100, 20));
    expect(run.dropped).toBe(0);
  });

  it('drops down to the target, evenly over each slice', () => {
    const kept = filtered(eventRateControl({ events: 100 }).start(), stream(400, 100));
    const later = kept.filter(({ t }) => t >= 200);
    expect(later.length / 99).toBeGreaterThan(90);
    expect(later.length / 99).toBeLessThan(110);
    const firstHalf = later.filter(({ t }) => t % 200 < 100).length;
    expect(firstHalf / later.length).toBeCloseTo(0.5, 1);
  });
});
