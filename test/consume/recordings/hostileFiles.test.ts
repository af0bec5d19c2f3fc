import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../scripts/rehearsals/hostile/kinds/containers.ts';
import { runCase } from '../../../scripts/rehearsals/hostile/runCase.ts';

const LONGEST_MS = 100_000;
const MOST_MIB = 512;

describe('a file that means harm, inspected by a process of its own (issue 11)', () => {
  it.concurrent.each(cases)(
    '$name',
    async (hostile) => {
      const folder = await mkdtemp(join(tmpdir(), 'saccade-hostile-'));
      try {
        const { exitCode, output, mebibytes } = await runCase(hostile, folder, LONGEST_MS);
        expect({ exitCode, says: hostile.message.test(output) ? hostile.message : output }).toEqual({
          exitCode: hostile.exitCode,
          says: hostile.message,
        });
        expect(mebibytes).toBeLessThan(MOST_MIB);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    LONGEST_MS + 10_000,
  );
});
