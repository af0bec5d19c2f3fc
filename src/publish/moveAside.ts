import type { Stats } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { type Companion, openCompanion } from '../files/companion.ts';
import { fileError } from '../files/fileError.ts';
import { syncFolder } from '../files/makeFolder.ts';
import { realFile } from '../files/realFile.ts';

/**
 * Gives files and folders names that say until when they were used: `captions.until-2026-11-27T23-58-12-345Z.avro`. Nothing is deleted,
 * and nothing is moved while another run has one of the files. They are moved in this order. Their companions stay where they are: files that
 * are begun there make them their own.
 */
export async function moveAside(paths: readonly string[]): Promise<void> {
  const until = `until-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  const found = new Map<string, Stats>();
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (stats) found.set(realFile(path), stats);
  }
  const held: Companion[] = [];
  try {
    for (const [path, stats] of found) if (stats.isFile()) held.push(openCompanion(path));
    for (const [path, stats] of found) await move(path, asideOf(path, stats, until));
  } finally {
    for (const companion of held) companion.close();
  }
}

async function move(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw fileError(path, 'cannot be moved aside', cause);
  }
}

function asideOf(path: string, stats: Stats, until: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, stats.isFile() ? `${name}.${until}${ext}` : `${name}${ext}.${until}`);
}
