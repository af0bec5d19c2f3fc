import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recentMap } from '../../src/stage/recentMap.ts';

test('a recent map keeps what was set last, in that order, and tells what it dropped', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ key: fc.nat(8), isTaken: fc.boolean() }), { maxLength: 60 }),
      (most, steps) => {
        const dropped: number[] = [];
        const map = recentMap<number, number>(most, (value) => dropped.push(value));
        const model: (readonly [number, number])[] = [];
        const gone: number[] = [];
        steps.forEach(({ key, isTaken }, value) => {
          const at = model.findIndex(([known]) => known === key);
          const [known] = at < 0 ? [] : model.splice(at, 1);
          if (isTaken) return expect(map.take(key)).toBe(known?.[1]);
          map.set(key, value);
          model.push([key, value]);
          if (model.length > most) gone.push(model.shift()![1]);
          return undefined;
        });
        expect(map.oldest).toBe(model[0]?.[0]);
        expect(map.size).toBe(model.length);
        expect(
          map
            .keys()
            .map((key) => [key, map.get(key)])
            .toSorted(),
        ).toEqual(model.toSorted());
        expect(dropped).toEqual(gone);
      },
    ),
  );
});
