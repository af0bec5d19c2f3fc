import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** `makeFolder` for a caller that cannot wait; what is made is not synced. */
export function makeFolderSync(path: string): void {
  const whole = resolve(path);
  if (isFolder(whole)) return;
  if (dirname(whole) !== whole) makeFolderSync(dirname(whole));
  try {
    mkdirSync(whole);
  } catch (error) {
    // Another process may have made it since.
    if (!isFolder(whole)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
