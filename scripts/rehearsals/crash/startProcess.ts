import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ControlPage } from './controlPage.ts';
import type { JobSettings } from './jobSettings.ts';
import type { AckedLine } from './sideDoor.ts';

/** Where one round has its files. Only `job.folder` is seen by the shim. */
export interface Place {
  readonly shim: string;
  readonly job: JobSettings;
  readonly journal: string;
  readonly saved: string;
  readonly acks: string;
}

export interface ProcessOptions {
  readonly control: ControlPage;
  readonly workers: number;
  /** `ulimit -n`. @default that of this process */
  readonly openFiles?: number;
  /** How and when a worker ends: `throw 120` or `exit 0`, in milliseconds. @default not at all */
  readonly workerEnd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** It did not end within the bound, and was killed. */
  readonly hung: boolean;
}

export interface Process {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** No process takes so long, also on a busy machine: one that does hangs. */
const BOUND_MS = 90_000;

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Starts the job as a user would, `saccade run`, with the shim below it and the side door open. */
export function startProcess(place: Place, { control, workers, openFiles, workerEnd }: ProcessOptions): Process {
  const { job, shim, journal, saved } = place;
  const acks = openSync(place.acks, 'a');
  const node = [process.execPath, '--import', pathOf('sideDoor.ts'), pathOf('../../../src/cli/main.ts')];
  const command = [...node, 'run', pathOf('job.ts'), '--json', '--workers', String(workers)];
  const limited = openFiles === undefined ? command : ['/bin/sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...command];
  const child = spawn(limited[0]!, limited.slice(1), {
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      LD_PRELOAD: shim,
      CRASH_JOB: JSON.stringify(job),
      CRASH_ROOT: job.folder,
      CRASH_CONTROL: control.path,
      CRASH_JOURNAL: journal,
      CRASH_SAVED: saved,
      ...(workerEnd !== undefined && { CRASH_WORKER: workerEnd }),
    },
    stdio: ['ignore', 'ignore', 'pipe', acks],
  });
  closeSync(acks);
  let stderr = '';
  let [hung, hasEnded] = [false, false];
  child.stderr!.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  const bound = setTimeout(() => {
    hung = true;
    kill();
  }, BOUND_MS);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      clearTimeout(bound);
      hasEnded = true;
      resolve({ code, signal, stderr, hung });
    });
  });
  return { pid: child.pid!, ended, hasEnded: () => hasEnded, signal: (signal) => void child.kill(signal) };
}

/** What was called acked so far, by all processes of the round. */
export const ackedLines = ({ acks }: Place): AckedLine[] =>
  readFileSync(acks, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AckedLine);
