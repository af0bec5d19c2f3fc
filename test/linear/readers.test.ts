import { describe, expect, it } from 'vitest';
import { frames, pumped, pumps } from './pumps.ts';
import { readers } from './readers.ts';

/*
  `npm run bench -- linear` shows the slowest of all texts of 1 MB; here a part of the words is tried. scslre (expressions.test.ts)
  does not find everything: /<node[^>]*>/ is quadratic where many are left open.
*/

describe('readers of texts', () => {
  const some = pumps(30);
  const LENGTH = 10_000;
  const LONGER = 8;

  it.each(Object.entries(readers))(
    '%s reads a text that is eight times as long in about eight times the time, whatever is repeated (issue 11)',
    (_, read) => {
      const slowest = some.flatMap((pump) =>
        frames.flatMap((frame) => {
          const ratio = ratioOf(
            () => read(pumped(pump, frame, LENGTH)),
            () => read(pumped(pump, frame, LONGER * LENGTH)),
          );
          // A quadratic reader has 64. Very short times tell nothing.
          return ratio > 3 * LONGER ? [{ pump, frame, ratio }] : [];
        }),
      );
      expect(slowest).toEqual([]);
    },
  );
});

/** How much longer the second takes, in time of the processor: the least of some attempts, since anything may make one longer. */
function ratioOf(shorter: () => unknown, longer: () => unknown): number {
  let least = Infinity;
  for (let attempt = 0; attempt < 5 && least > 20; attempt++) {
    const [short, long] = [cpuMs(shorter), cpuMs(longer)];
    least = Math.min(least, long < 20 ? 0 : long / Math.max(short, 0.1));
  }
  return least;
}

function cpuMs(work: () => unknown): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
