import { describe, expect, it } from 'vitest';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import { batchOf, dotsOf } from '../dots.ts';
import { itIsAWindowing } from '../windowing.contract.ts';

const at = (...times: number[]): { t: number; x: number; y: number; p: number }[] => times.map((t, x) => ({ t, x, y: 0, p: 1 }));

describe('tumbling', () => {
  itIsAWindowing(() => tumbling({ everyMs: 10 }), { copies: 1 });
  describe('with lateness', () => itIsAWindowing(() => tumbling({ everyMs: 2, lateAfterMs: 1 }), { copies: 1 }));

  it('cuts half-open intervals at multiples of the sensor time', () => {
    const assigner = tumbling({ everyMs: 10 }).start({ horizonUs: 0 });
    const windows = [...assigner.push(batchOf(at(3_000, 9_999, 10_000, 25_000))), ...assigner.flush()];
    expect(windows.map(({ start, end, count, closedBy }) => [start, end, count, closedBy])).toEqual([
      [0, 10_000, 2, 'time'],
      [10_000, 20_000, 1, 'time'],
      [20_000, 30_000, 1, 'end'],
    ]);
  });

  it('closes a window when the clock of the stream passes its end, also without events', () => {
    const assigner = tumbling({ everyMs: 10 }).start({ horizonUs: 0 });
    expect(assigner.push(batchOf(at(1_000), { clockUs: 9_999 }))).toEqual([]);
    expect(assigner.push(batchOf([], { clockUs: 10_000 }))).toMatchObject([{ start: 0, end: 10_000, count: 1 }]);
  });

  it('takes late events within the lateness, and counts those beyond it', () => {
    const assigner = tumbling({ everyMs: 10, lateAfterMs: 5 }).start({ horizonUs: 0 });
    expect(assigner.push(batchOf(at(1_000, 14_999, 9_000)))).toEqual([]);
    const [window] = assigner.push(batchOf(at(15_000, 9_500)));
    expect(dotsOf(window!.slices).map(({ t }) => t)).toEqual([1_000, 9_000]);
    expect(assigner.late).toBe(1);
  });

  it('names a field that is wrong and the value found', () => {
    expect(() => tumbling({ everyMs: 0 })).toThrow(/tumbling\.everyMs: .*found 0/);
    expect(() => tumbling({ everyMs: 5, every: 3 } as never)).toThrow(/unknown key 'every'/);
  });
});
