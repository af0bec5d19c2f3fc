import { readFileSync } from 'node:fs';

/** Memory of a process in MiB; 0 where it has ended. */
export function rssMibOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** User and system time of a process since its start, in seconds; the clock ticks 100 times a second. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The broker that this process has started, directly or through another process. */
export function brokerPid(parent = process.pid): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
  for (const pid of children ? children.split(' ').map(Number) : []) {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('java')) return pid;
    const found = brokerPid(pid);
    if (found) return found;
  }
  return undefined;
}
