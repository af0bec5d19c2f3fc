import { describe, expect, it } from 'vitest';
import { compareRuns, figuresOf } from '../../bench/against/figures.ts';

describe('figures of a benchmark', () => {
  it('are named by the path to them, and items of lists by their words', () => {
    const result = { machine: { cpu: 'fast', cores: 2 }, lines: [{ stream: 'street', into: 'columns', mevPerS: 12 }], series: [1, 2] };
    expect(Object.fromEntries(figuresOf(result))).toEqual({
      'machine, cores': 2,
      'lines, street columns, mevPerS': 12,
      'series, 0': 1,
      'series, 1': 2,
    });
  });

  it('are compared by their medians, and by the ratios of neighbouring runs', () => {
    const runs = (...values: number[]) => values.map((value) => figuresOf({ rps: value, ...(value === 1 && { old: 1 }) }));
    expect(compareRuns(runs(100, 110, 400), runs(50, 121, 100))).toEqual([
      { figure: 'rps', before: 110, now: 100, ratio: 100 / 110, lowest: 0.25, highest: 1.1 },
    ]);
    expect(compareRuns(runs(0), runs(0))).toMatchObject([{ before: 0, now: 0, ratio: 1 }]);
    expect(compareRuns(runs(1), runs(2)).map(({ figure }) => figure)).toEqual(['rps']);
  });
});
