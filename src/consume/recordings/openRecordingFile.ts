import { type FileHandle, open } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../errors.ts';

const HEAD_BYTES = 65_536;

/** The first bytes of a recording, and its length. Throws INPUT_UNREADABLE for what is not a file, or empty. */
export async function readHead(file: string): Promise<{ head: Uint8Array; bytes: number }> {
  const handle = await openRecordingFile(file);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw unreadable(file, 'not a file; give the path of a recording');
    if (status.size === 0) throw unreadable(file, 'the file is empty');
    const head = new Uint8Array(Math.min(HEAD_BYTES, status.size));
    const { bytesRead } = await handle.read(head, 0, head.byteLength, 0);
    return { head: head.subarray(0, bytesRead), bytes: status.size };
  } finally {
    await handle.close();
  }
}

/** Throws INPUT_UNREADABLE where it cannot be opened. */
export async function openRecordingFile(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw unreadable(file, missing ? 'no such file' : messageOf(error), error);
  }
}

export const unreadable = (file: string, what: string, cause?: unknown): PipelineError =>
  new PipelineError('INPUT_UNREADABLE', `${file}: ${what}`, { cause });
