import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/*
  Imported by the process under test before anything else. What it called acked goes to descriptor 3 at once: a file that the shim
  does not touch, so no kill loses a line of it. In a worker it can end the thread, as a fault of a native module would.
*/
export interface AckedLine {
  readonly pid: number;
  /** A caption or quiet window: its id, the picture, what was paid for it. */
  readonly id?: string;
  readonly costUsd?: number | null;
  readonly sha256?: string | undefined;
  /** A dead letter: the message that it has. */
  readonly rejected?: string;
}

interface StageReport {
  readonly stage: string;
  readonly out?: { readonly id: string; readonly costUsd: number | null; readonly frame: { readonly sha256: string } | null };
}

const tell = (line: Omit<AckedLine, 'pid'>): void => void writeSync(3, `${JSON.stringify({ pid: process.pid, ...line })}\n`);

if (isMainThread) {
  subscribe('saccade:stage', (message) => {
    const { stage, out } = message as StageReport;
    if (stage === 'publish' && out) tell({ id: out.id, costUsd: out.costUsd, sha256: out.frame?.sha256 });
  });
  subscribe('saccade:reject', (message) => tell({ rejected: (message as { message: string }).message }));
} else {
  const [how, ms] = (process.env['CRASH_WORKER'] ?? '').split(' ');
  const end = (): void => {
    if (how === 'exit') process.exit(3);
    throw new Error('the rehearsal ends this worker');
  };
  if (how) setTimeout(end, Number(ms)).unref();
}
