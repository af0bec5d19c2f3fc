import { describe, expect, it } from 'vitest';
import { pointFlag } from '../../../src/cli/support/pointFlag.ts';

describe('--from and --to', () => {
  it('take a time, an offset, or offsets by partition', () => {
    expect(pointFlag('2026-11-22T10:00:00Z')).toBe('2026-11-22T10:00:00.000Z');
    expect(pointFlag('2026-11-22T10:00:00+02:00')).toBe('2026-11-22T08:00:00.000Z');
    expect(pointFlag('1200')).toBe(1200);
    expect(pointFlag('0:1200,3:8')).toEqual({ 0: 1200, 3: 8 });
  });

  it.each(['yesterday', '12:00', '2026-99-99', '-5', '0:1,'])('say what they take instead of %s', (text) => {
    expect(() => pointFlag(text)).toThrow(/2026-11-22T10:00:00Z/);
  });
});
