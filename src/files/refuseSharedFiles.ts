import { statSync } from 'node:fs';
import { PipelineError } from '../errors.ts';
import { realFile } from './realFile.ts';

/** A part of a pipeline, by what it writes on this machine. */
interface Writer {
  readonly name: string;
  readonly files?: readonly string[];
}

/** What a file has beside it. */
const BESIDE = ['', '.index', '.index-wal', '.lock'];

/**
 * Two outputs in one file would overwrite each other. Throws CONFIG_INVALID naming both, also where a path is spelled in
 * another way, or leads to the other by a link.
 */
export function refuseSharedFiles(writers: Readonly<Record<string, Writer | undefined>>): void {
  const taken = new Map<string, { readonly key: string; readonly path: string }>();
  for (const [key, writer] of Object.entries(writers)) {
    for (const path of writer?.files ?? []) {
      const places = [...BESIDE.map((end) => `${realFile(path)}${end}`), ...inode(path)];
      const other = places.map((place) => taken.get(place)).find(Boolean);
      if (other)
        throw new PipelineError(
          'CONFIG_INVALID',
          `pipeline.${other.key} and pipeline.${key} both write ${path}${other.path === path ? '' : ` (${other.path})`}; give each a file of its own`,
        );
      for (const place of places) taken.set(place, { key, path });
    }
  }
}

/** Two names may be of one file (hard links). */
function inode(path: string): string[] {
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found?.isFile() ? [`inode ${found.dev} ${found.ino}`] : [];
  } catch {
    // Whatever is wrong with it is said when it is opened.
    return [];
  }
}
