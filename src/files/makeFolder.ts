import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, so that they are there after a loss of power too. Each is made by itself: Node's own recursion does
 * not end where a folder is there in which none can be made and the system says ENOENT (/proc).
 */
export async function makeFolder(path: string): Promise<void> {
  const whole = resolve(path);
  if (await isFolder(whole)) return;
  const above = dirname(whole);
  if (above !== whole) await makeFolder(above);
  try {
    await mkdir(whole);
  } catch (error) {
    // Another process may have made it since.
    if (!(await isFolder(whole))) throw error;
  }
  await syncFolder(above);
  await syncFolder(whole);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The names in a folder are on disk when it resolves. Systems that cannot open a folder (Windows) sync it with its files. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
