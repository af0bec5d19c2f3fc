import { describe, expect, it } from 'vitest';
import { hashedChoice, hashedDraw, mulberry32, normal, poisson, sfc32, shuffle } from '../src/random.ts';

/* Recordings, drift figures and simulator replies depend on these sequences: they are not to change. */
describe('the sequences of released versions', () => {
  it('sfc32, with the distributions made from it', () => {
    const random = sfc32(7);
    expect([random(), random()]).toEqual([0.018788322107866406, 0.09481476712971926]);
    expect(normal(random)).toBeCloseTo(1.6424337850311246, 12);
    expect([poisson(random, 3), poisson(random, 100)]).toEqual([1, 114]);
  });

  it('mulberry32, with the shuffle made from it', () => {
    const random = mulberry32(7);
    expect([random(), random()]).toEqual([0.011704753153026104, 0.06195825757458806]);
    expect(shuffle([1, 2, 3, 4, 5, 6, 7, 8], random)).toEqual([7, 6, 1, 2, 3, 4, 5, 8]);
  });

  it('hashed draws and choices', () => {
    expect(hashedDraw(1, 'fault', 'ab', 2)).toBeCloseTo(0.09032374038361013, 15);
    const choose = hashedChoice('ab', 'gpt');
    const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect([1, 2, 3, 4, 5].map(() => choose(digits))).toEqual([3, 1, 9, 0, 3]);
  });
});

it('a hashed draw depends on its key alone, and parts of a key do not run into each other', () => {
  expect(hashedDraw('a', 1)).toBe(hashedDraw('a', 1));
  expect(hashedDraw('a', 11)).not.toBe(hashedDraw('a1', 1));
});
