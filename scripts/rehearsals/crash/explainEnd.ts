import type { Seen } from './controlPage.ts';
import type { Disturbance } from './disturbances.ts';
import type { Ended } from './startProcess.ts';

/** What the kernel's errors must be called in a message, in the words of any of their writers; SQLite often knows no more than that it was one of the disk. */
const WORDS: Readonly<Record<string, RegExp>> = {
  ENOSPC: /no space left|ENOSPC|disk is full|free space|disk I\/O/i,
  EIO: /EIO|i\/o error|input\/output error|disk I\/O|unable to open/i,
  EACCES: /EACCES|permission denied|unable to open|disk I\/O/i,
  EMFILE: /EMFILE|too many open files|unable to open/i,
};
const OF_A_FAULT_IN_THE_PROGRAM = /\n\s+at |Cannot destructure|Cannot read prop|is not a function|is not iterable|undefined|\[object/;

/** What is wrong with how a process ended; undefined where it ended as it should. */
export function explainEnd({ code, signal, stderr, hung }: Ended, disturbance: Disturbance, seen: Seen): string | undefined {
  const { action, faults, openFiles, workerEnd } = disturbance;
  const said = stderr.trim().slice(-300);
  if (hung) return `hangs: ${said}`;
  if (signal === 'SIGKILL') return faults.killAt || action === 'kill' || action === 'terminateAndKill' ? undefined : 'was killed by nobody';
  // Before the program listens to it, the signal ends the process.
  if (signal === 'SIGTERM' && action?.startsWith('terminate')) return undefined;
  // Node itself needs some files before a line of Saccade runs.
  if (openFiles !== undefined && seen.calls === 0) return undefined;
  if (signal) return `ended by ${signal}: ${said}`;
  if (code === 0) return undefined;
  const struck = Object.values(seen.struck).reduce((sum, n) => sum + n, 0) + seen.shorted + seen.spaceErrors;
  if (struck === 0 && openFiles === undefined && workerEnd === undefined) return `ended with ${code} for no reason: ${said}`;
  if (code !== 1 && code !== 2) return `ended with ${code}: ${said}`;
  if (!isClear(stderr)) return `says nothing clear: ${said}`;
  const error = seen.spaceErrors > 0 ? 'ENOSPC' : Object.values(faults.faults ?? {})[0]?.error;
  const words = error === undefined ? undefined : WORDS[error];
  return words && !words.test(stderr) ? `does not say ${error}: ${said}` : undefined;
}

/** One message, and none that only its programmer understands. What LMDB prints before it is LMDB's. */
export function isClear(stderr: string): boolean {
  const [, message] = /^(saccade: \S[^]*)/m.exec(stderr) ?? [];
  return message !== undefined && !OF_A_FAULT_IN_THE_PROGRAM.test(message);
}
