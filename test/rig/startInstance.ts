import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RigSettings } from './rigPipeline.ts';

/** One running pipeline. */
export interface Instance {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Between SIGSTOP and SIGCONT. */
  readonly isFrozen: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, then waits for the end; the exit code. */
  readonly stop: () => Promise<number | null>;
  /** The end of what it wrote to stderr. */
  readonly stderr: () => string;
}

export interface InstanceOptions {
  /** Flags of node, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
  /** More flags of `saccade run`. */
  readonly flags?: readonly string[];
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Starts the pipeline of the rig as a user would: `saccade run`. It ends with this process at the latest. */
export function startInstance(settings: RigSettings, { nodeFlags = [], flags = [] }: InstanceOptions = {}): Instance {
  const command = [pathOf('../../src/cli/main.ts'), 'run', pathOf('pipeline.ts'), '--json', '--drain', '25'];
  const child = spawn(process.execPath, [...nodeFlags, ...command, ...flags], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', RIG_SETTINGS: JSON.stringify(settings) },
    // Flags of node print on stdout.
    stdio: ['ignore', nodeFlags.length > 0 ? process.stderr : 'ignore', 'pipe'],
  });
  let stderr = '';
  let isFrozen = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  const killed = (): void => void child.kill('SIGKILL');
  process.on('exit', killed);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      process.off('exit', killed);
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid!,
    ended,
    isFrozen: () => isFrozen,
    stderr: () => stderr,
    signal(signal) {
      if (signal === 'SIGSTOP') isFrozen = true;
      if (signal === 'SIGCONT') isFrozen = false;
      child.kill(signal);
    },
    async stop() {
      child.kill('SIGTERM');
      return (await ended).code;
    },
  };
}
