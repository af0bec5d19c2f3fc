import { describe, expect, it } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { fixedCount } from '../../../src/frame/windows/fixedCount.ts';
import { batchOf } from '../dots.ts';
import { itIsAWindowing } from '../windowing.contract.ts';

const at = (...times: number[]): { t: number; x: number; y: number; p: number }[] => times.map((t, x) => ({ t, x, y: 0, p: 1 }));
const facts = ({ start, end, count, closedBy }: EventWindow): unknown => [start, end, count, closedBy];

describe('fixedCount', () => {
  itIsAWindowing(() => fixedCount({ events: 5 }), { copies: 1 });
  describe('with lateness', () => itIsAWindowing(() => fixedCount({ events: 5, lateAfterMs: 2 }), { copies: 1 }));

  it('cuts windows of n events, whatever time they take', () => {
    const assigner = fixedCount({ events: 2 }).start({ horizonUs: 0 });
    const windows = [...assigner.push(batchOf(at(10, 20, 500_000, 9_000_000, 9_000_000, 9_000_000, 9_000_001))), ...assigner.flush()];
    expect(windows.map(facts)).toEqual([
      [10, 21, 2, 'count'],
      [500_000, 9_000_001, 4, 'count'],
      [9_000_001, 9_000_002, 1, 'end'],
    ]);
  });

  it('closes the open window at the idle timeout', () => {
    const assigner = fixedCount({ events: 9, idleAfterMs: 100 }).start({ horizonUs: 0 });
    assigner.push(batchOf(at(10, 20)));
    expect(assigner.idle!(100).map(facts)).toEqual([[10, 21, 2, 'idle']]);
  });
});
