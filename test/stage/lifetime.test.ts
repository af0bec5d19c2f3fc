import { expect, it } from 'vitest';
import { endless, lifetime } from '../../src/stage/lifetime.ts';

it('says once that it is over, also to whoever asks later', () => {
  const own = lifetime();
  const seen: string[] = [];
  own.over.subscribe(() => seen.push('early'));
  expect(own.isOver).toBe(false);
  own.end();
  own.end();
  own.over.subscribe(() => seen.push('late'));
  expect(own.isOver).toBe(true);
  expect(seen).toEqual(['early', 'late']);
});

it('may have no end', () => {
  expect(endless.isOver).toBe(false);
});
