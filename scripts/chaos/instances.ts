import { type ChildProcess, spawn } from 'node:child_process';

/** One running pipeline. */
export interface Instance {
  readonly pid: number;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly isRunning: () => boolean;
  readonly isStopped: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The end of what it wrote to stderr. */
  readonly said: () => string;
}

/** Starts a pipeline as a user would: `saccade run`. */
export function startInstance(
  environment: Readonly<Record<string, string>>,
  pipeline = new URL('./pipeline.ts', import.meta.url).pathname,
): Instance {
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [main, 'run', pipeline, '--json', '--drain', '25'], {
    env: { ...process.env, ...environment, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  let stopped = false;
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid!,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    isStopped: () => stopped,
    said: () => said,
    signal(signal) {
      if (signal === 'SIGSTOP') stopped = true;
      if (signal === 'SIGCONT') stopped = false;
      child.kill(signal);
    },
  };
}
