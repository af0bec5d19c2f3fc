import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { isHeldHere } from './lockedDatabase.ts';

/**
 * A fact from the companion of a file, read without its lock and without a trace; what was not settled is not seen. Undefined where there
 * is none, or no companion.
 *
 * @param file its real path
 */
export function factBeside(file: string, name: string): string | undefined {
  const path = `${file}.index`;
  // Closing a file gives up the locks that this process has on it.
  if (isHeldHere(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    database = new DatabaseSync(url, { readOnly: true });
    return (database.prepare('SELECT value FROM facts WHERE name = ?').get(name) as { value: string } | undefined)?.value;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
