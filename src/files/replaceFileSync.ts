import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolderSync } from './makeFolderSync.ts';

/**
 * `replaceFile` for a few bytes that must be safe before the caller goes on. Only its owner may read the file.
 *
 * @param under a name in the same folder; what an earlier process left there is replaced
 */
export function replaceFileSync(path: string, text: string, under: string): void {
  makeFolderSync(dirname(path));
  const bytes = Buffer.from(text);
  const file = openSync(under, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.byteLength;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } catch (cause) {
    unlinkSync(under);
    throw cause;
  } finally {
    closeSync(file);
  }
  renameSync(under, path);
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
