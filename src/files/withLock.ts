import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolderSync } from './makeFolderSync.ts';

/** How long another process may hold it, in milliseconds: it writes a few bytes. */
const LONGEST_MS = 10_000;

/** Works while no other process does the same, by the lock of an empty SQLite database at `path`; it ends with the process. */
export function withLock<Out>(path: string, work: () => Out): Out {
  makeFolderSync(dirname(path));
  const database = new DatabaseSync(path, { timeout: LONGEST_MS });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return work();
  } finally {
    database.close();
  }
}
