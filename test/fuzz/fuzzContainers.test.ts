import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('fuzzContainers.ts', import.meta.url));

it('damaged lengths, places and counts of bags, MCAP, HDF5 and SQLite files end as packets or as one clear error, in little memory (issue 11)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-fuzz-'));
  try {
    const args = ['--no-warnings', '--max-old-space-size=256', script, '7', '1200', folder];
    const { failed, lines } = await new Promise<{ failed: string; lines: { i: number; fault?: string }[] }>((resolve) =>
      execFile(process.execPath, args, { timeout: 100_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 }, (error, stdout) =>
        resolve({
          failed: error ? error.message : '',
          lines: stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { i: number; fault?: string }),
        }),
      ),
    );
    expect({ failed, faults: lines.filter(({ fault }) => fault !== undefined), last: lines.at(-1)?.i }).toEqual({
      failed: '',
      faults: [],
      last: 1199,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
