import { describe, expect, it } from 'vitest';
import { refractory } from '../../../src/frame/filters/refractory.ts';
import { filtered, itIsAFilter } from '../filter.contract.ts';

const at = (t: number, x = 1): { t: number; x: number; y: number; p: number } => ({ t, x, y: 1, p: 1 });

describe('refractory', () => {
  itIsAFilter(() => refractory({ deadUs: 1500 }));

  it('drops what a pixel says in its dead time after the last event that was kept', () => {
    const kept = filtered(refractory().start(), [at(0), at(500), at(999), at(999, 2), at(1000), at(1999), at(2000)]);
    expect(kept).toEqual([at(0), at(999, 2), at(1000), at(2000)]);
  });

  it('lets a pixel speak when the clock was set back', () => {
    expect(filtered(refractory().start(), [at(5000), at(10)])).toHaveLength(2);
  });
});
