import { PipelineError } from '../errors.ts';

/** What is wrong with a file, in words, by the code of the system's error; and what helps. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device; free some and run the same command again',
  EDQUOT: 'the disk quota is used up; free some space and run the same command again',
  EFBIG: 'the file is larger than the file system or the limit of the process (ulimit -f) allows; name another file',
  EIO: 'the disk reports an input/output error; check it (dmesg, SMART) before running the same command again',
  EROFS: 'the file system is read-only; name a file elsewhere',
  EACCES: 'no permission; change the permissions or name another file',
  EPERM: 'not permitted; change the permissions or attributes, or name another file',
  EMFILE: 'too many open files in this process; raise its limit (ulimit -n) and run the same command again',
  ENFILE: 'too many open files in the system; close some and run the same command again',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'something on the way to it is no folder; name another path',
  ENOENT: 'it is not there',
  EEXIST: 'something is there that leads nowhere, such as a symbolic link to nothing; remove it or name another file',
  ELOOP: 'its symbolic links go in a circle; name another file',
  ENAMETOOLONG: 'the name is too long; name another file',
};

/** The error of a file: what was tried, what the system said, and what to do. An error of ours is passed on as it is. */
export function fileError(path: string, what: string, cause: unknown, more = ''): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const found = cause instanceof Error ? cause : new Error(String(cause));
  const code = (found as NodeJS.ErrnoException).code ?? '';
  const words = WORDS[code];
  return new PipelineError('SINK_FAILED', `${path} ${what}: ${words ? `${words} (${code})` : found.message}${more}`, { cause });
}
