import { expect, it } from 'vitest';
import { faultsFound } from '../../../../scripts/rehearsals/crash/tally.ts';
import { playRounds } from '../../../../scripts/rehearsals/crash/playRounds.ts';

/** A short version of `npm run crash`, which plays hundreds of rounds; each process may take a while on a busy machine. */
it('nothing acked is lost or doubled by kills, power failures, full disks, short writes and second processes (issue 11)', async ({
  skip,
}) => {
  const lines: string[] = [];
  const only = ['killAtCall', 'power', 'diskFull', 'shortWrites', 'second'] as const;
  const counts = await playRounds({ rounds: 3, seed: 11, first: 1, only, keep: false, mayInstall: false, say: (line) => lines.push(line) });
  if (!counts) return skip('the shim needs Linux and a C compiler (cc)');
  expect(Object.fromEntries(faultsFound.map((kind) => [kind, counts[kind]])), lines.join('\n')).toEqual(
    Object.fromEntries(faultsFound.map((kind) => [kind, 0])),
  );
  expect(counts.acked).toBeGreaterThan(300);
  return undefined;
}, 240_000);
