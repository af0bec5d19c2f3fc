import { expect, it } from 'vitest';
import { memo } from '../../../src/sim/support/memo.ts';

it('makes a value once, and drops the one longest unused', () => {
  const made: string[] = [];
  const remembered = memo<string>(2);
  const get = (key: string): string =>
    remembered(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(get)).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});
