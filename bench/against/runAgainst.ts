import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractRevision } from '../../test/rig/extractRevision.ts';
import { say } from '../../test/rig/report.ts';
import { type Comparison, compareRuns, figuresOf } from './figures.ts';

export interface AgainstOptions {
  readonly bench: string;
  readonly revision: string;
  /** How often each of the two runs. */
  readonly rounds: number;
}

/**
 * Runs a benchmark in a revision of the repository and in the files as they are now, by turns: what else the machine does
 * in the meantime slows both. Each uses its own benchmark code, and the installed packages of now.
 */
export function runAgainst({ bench, revision, rounds }: AgainstOptions): Comparison[] {
  const base = mkdtempSync(join(tmpdir(), 'saccade-bench-'));
  try {
    const folders = { before: join(base, 'before'), now: resolve('.') };
    mkdirSync(folders.before);
    extractRevision(revision, folders.before);
    symlinkSync(resolve('node_modules'), join(folders.before, 'node_modules'));
    // Recordings lie beside the repository.
    if (existsSync('../shared')) symlinkSync(resolve('../shared'), join(base, 'shared'));

    const runs = { before: [] as Map<string, number>[], now: [] as Map<string, number>[] };
    for (let round = 1; round <= rounds; round++) {
      for (const side of round % 2 === 1 ? (['before', 'now'] as const) : (['now', 'before'] as const)) {
        say(`${bench}, round ${round} of ${rounds}: ${side === 'now' ? 'now' : revision}`);
        runs[side].push(resultOf(folders[side], bench));
      }
    }
    return compareRuns(runs.before, runs.now);
  } finally {
    rmSync(base, { recursive: true });
  }
}

function resultOf(folder: string, bench: string): Map<string, number> {
  const output = execFileSync(process.execPath, ['bench/main.ts', bench, '--json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 30,
  });
  try {
    return figuresOf(JSON.parse(output));
  } catch (cause) {
    throw new Error(`'${bench}' prints no single JSON object in ${folder}`, { cause });
  }
}
