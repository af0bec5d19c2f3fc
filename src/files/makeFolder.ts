import { mkdir, open } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';

/** Makes a folder and those above it, so that they are there after a loss of power too. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const above = dirname(resolve(first));
  await syncFolder(above);
  let folder = above;
  for (const name of relative(above, resolve(path)).split(sep)) {
    folder = `${folder}${folder.endsWith(sep) ? '' : sep}${name}`;
    await syncFolder(folder);
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
