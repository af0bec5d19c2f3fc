import { describe, expect, it } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { type MixedOptions, mixed } from '../../../src/frame/windows/mixed.ts';
import { batchOf } from '../dots.ts';
import { itIsAWindowing } from '../windowing.contract.ts';

const at = (...times: number[]): { t: number; x: number; y: number; p: number }[] => times.map((t, x) => ({ t, x, y: 0, p: 1 }));
const facts = ({ start, end, count, closedBy }: EventWindow): unknown => [start, end, count, closedBy];
const cutAll = (options: MixedOptions, times: number[]): unknown[] => {
  const assigner = mixed(options).start({ horizonUs: 0 });
  return [...assigner.push(batchOf(at(...times))), ...assigner.flush()].map(facts);
};

describe('mixed', () => {
  itIsAWindowing(() => mixed({ everyMs: 10, orEvents: 4 }), { copies: 1 });
  describe('with a least length and lateness', () =>
    itIsAWindowing(() => mixed({ everyMs: 10, orEvents: 3, atLeastMs: 2, lateAfterMs: 1 }), { copies: 1 }));

  it('ends a window with its time', () => {
    expect(cutAll({ everyMs: 10, orEvents: 9 }, [1_000, 9_999, 10_000])).toEqual([
      [0, 10_000, 2, 'time'],
      [10_000, 20_000, 1, 'end'],
    ]);
  });

  it('ends a window after its last event when the trigger fires, and the next one where its time would have been over', () => {
    expect(cutAll({ everyMs: 10, orEvents: 2 }, [1_000, 2_000, 3_000, 10_000])).toEqual([
      [0, 2_001, 2, 'count'],
      [2_001, 10_000, 1, 'time'],
      [10_000, 20_000, 1, 'end'],
    ]);
  });

  it('takes in every event of the time at which it became full', () => {
    expect(cutAll({ everyMs: 10, orEvents: 2 }, [1_000, 2_000, 2_000, 2_000, 2_001])).toEqual([
      [0, 2_001, 4, 'count'],
      [2_001, 10_000, 1, 'end'],
    ]);
  });

  it('does not end before its least length', () => {
    expect(cutAll({ everyMs: 10, orEvents: 2, atLeastMs: 5 }, [1_000, 2_000, 3_000, 4_999, 5_000])).toEqual([
      [0, 5_000, 4, 'count'],
      [5_000, 10_000, 1, 'end'],
    ]);
  });

  it('closes the open window at the idle timeout, and starts another one after it', () => {
    const assigner = mixed({ everyMs: 10, orEvents: 9, idleAfterMs: 500 }).start({ horizonUs: 0 });
    assigner.push(batchOf(at(1_000, 2_000), { clockUs: 2_500 }));
    expect(assigner.idle!(499)).toEqual([]);
    expect(assigner.idle!(500).map(facts)).toEqual([[0, 2_500, 2, 'idle']]);
    expect(assigner.idle!(1_000)).toEqual([]);
    assigner.push(batchOf(at(2_500)));
    expect(assigner.flush().map(facts)).toEqual([[2_500, 10_000, 1, 'end']]);
    expect(assigner.late).toBe(0);
  });

  it('has no idle timeout unless it is given one', () => {
    const windowing = mixed({ everyMs: 10, orEvents: 9 });
    expect(windowing).not.toHaveProperty('idleAfterMs');
    const assigner = windowing.start({ horizonUs: 0 });
    assigner.push(batchOf(at(1_000)));
    expect(assigner.idle!(1e9)).toEqual([]);
  });

  it('names a field that is wrong and the value found', () => {
    expect(() => mixed({ everyMs: 10, orEvents: 0.5 })).toThrow(/mixed\.orEvents: .*found 0\.5/);
  });
});
