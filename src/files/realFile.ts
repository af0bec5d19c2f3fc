import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The one path of a file, however it was named: without symbolic links, also where the file or its folder is not there yet. */
export function realFile(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    // A link to nothing is named as itself: opening it says what is wrong.
    const parent = dirname(whole);
    return parent === whole || isThere(whole) ? whole : join(realFile(parent), basename(whole));
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    // Below a file there is nothing; making the folder says so.
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw cause;
  }
}
