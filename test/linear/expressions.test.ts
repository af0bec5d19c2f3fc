import scslre from 'scslre';
import { describe, expect, it } from 'vitest';
import { builtExpressions, writtenExpressions } from './expressions.ts';

const slow = ({ source, flags }: { source: string; flags: string }): boolean => scslre.analyse({ source, flags }).reports.length > 0;

describe('expressions', () => {
  it('take a time that grows with the text alone, all that are written down (issue 11)', () => {
    const written = writtenExpressions();
    expect(written.length).toBeGreaterThan(200);
    expect(written.filter(slow)).toEqual([]);
  });

  it('do so as well where they are put together (issue 11)', async () => {
    const built = await builtExpressions();
    expect(built.length).toBeGreaterThan(15);
    expect(built.filter(slow)).toEqual([]);
  });

  it('would be found if they did not', () => {
    expect([/\s+$/, /(a+)+b/, /,?\s+x/].map(slow)).toEqual([true, true, true]);
  });
});
