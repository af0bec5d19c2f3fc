import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './makeFolder.ts';
import { writeWhole } from './writeWhole.ts';

export interface ReplaceFileOptions {
  /** A name on the same disk that nobody else uses: the bytes get their own name when they are safe. */
  readonly under: string;
  /** Makes the names in the folder safe. @default each call by itself */
  readonly syncNames?: () => Promise<void>;
}

/** Writes a file whole, or not at all: under its name there is what was there before, or all of the bytes. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  { under, syncNames = async () => syncFolder(dirname(path)) }: ReplaceFileOptions,
): Promise<void> {
  const file = await open(under, 'wx');
  try {
    try {
      await writeWhole(file, bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(under, path);
  } catch (cause) {
    await unlink(under).catch(() => {});
    throw cause;
  }
  await syncNames();
}
