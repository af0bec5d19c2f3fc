import { rename, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { openCompanion } from '../files/companion.ts';
import { fileError } from '../files/fileError.ts';
import { syncFolder } from '../files/makeFolder.ts';
import { realFile } from '../files/realFile.ts';

/** Gives files and folders names that say until when they were used: `captions.until-2026-11-27T23-58-12-345Z.avro`. Nothing is deleted. */
export async function moveAside(paths: readonly string[]): Promise<void> {
  const until = `until-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const path of paths) {
    const real = realFile(path);
    const found = await stat(real).catch(() => undefined);
    if (!found) continue;
    const { dir, name, ext } = parse(real);
    try {
      const move = async (): Promise<void> => rename(real, join(dir, found.isFile() ? `${name}.${until}${ext}` : `${name}${ext}.${until}`));
      await (found.isFile() ? whileHeld(real, move) : move());
      await syncFolder(dirname(real));
    } catch (cause) {
      throw fileError(path, 'cannot be moved aside', cause);
    }
  }
}

/** No other run may have the file. Its companion stays where it is: the file that is begun there makes it its own. */
async function whileHeld(file: string, work: () => Promise<void>): Promise<void> {
  const companion = openCompanion(file);
  try {
    await work();
  } finally {
    companion.close();
  }
}
