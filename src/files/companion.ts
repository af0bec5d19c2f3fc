import { createHash } from 'node:crypto';
import { PipelineError } from '../errors.ts';
import { fileError } from './fileError.ts';
import { isDamage, isOutOfSpace, lockedDatabase } from './lockedDatabase.ts';

/** What a companion takes in at once. */
export interface Remembered {
  readonly ids?: readonly string[];
  readonly facts?: Readonly<Record<string, string>>;
}

/** What is known of a file beside it: a set of ids, and facts. Holding it is the lock of the file. */
export interface Companion {
  /** Whether this id was taken in. */
  has(id: string): boolean;
  fact(name: string): string | undefined;
  /** All of it or nothing, also after a crash. Where the disk is full it is kept for this run only. */
  remember(what: Remembered): void;
  /** What was remembered so far can be read without the lock (factBeside). */
  settle(): void;
  /** Forgets the ids and all facts. */
  clear(): void;
  /** Gives up the lock. */
  close(): void;
}

const TABLES =
  'CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY) WITHOUT ROWID; ' +
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;';

/** Longer ids are kept as their hash. */
const LONGEST_ID = 64;
/** So many ids are kept in memory where the disk is full, some 100 MB. */
const MOST_SPARE_IDS = 1_000_000;

/** The companion `FILE.index` of a file: a SQLite database. It is made where it is missing. Throws SINK_FAILED where another run holds it. */
export function openCompanion(file: string): Companion {
  const path = `${file}.index`;
  const { database, close } = lockedDatabase(path, file, TABLES);
  const hasId = database.prepare('SELECT 1 FROM ids WHERE id = ?');
  const addId = database.prepare('INSERT OR IGNORE INTO ids VALUES (?)');
  const getFact = database.prepare('SELECT value FROM facts WHERE name = ?');
  const putFact = database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)');
  /** What could not be written. */
  const spare = { ids: new Set<string>(), facts: new Map<string, string>() };
  let isFull = false;
  let isCleared = false;

  const asking = <Out>(ask: () => Out): Out => {
    try {
      return ask();
    } catch (cause) {
      if (isDamage(cause))
        throw new PipelineError(
          'SINK_FAILED',
          `${path} is damaged, or the disk reports an input/output error where it is read (look at dmesg and SMART); remove it and run the same command again: it is made anew`,
          { cause },
        );
      throw fileError(path, 'cannot be used', cause);
    }
  };
  /** False where there is no space for it. */
  const isWritten = (write: () => void): boolean => {
    if (isFull) return false;
    try {
      database.exec('BEGIN');
      write();
      database.exec('COMMIT');
      return true;
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK');
      if (!isOutOfSpace(cause)) throw cause;
      isFull = true;
      return false;
    }
  };
  return {
    has: (id) => asking(() => spare.ids.has(keyOf(id)) || (!isCleared && hasId.get(keyOf(id)) !== undefined)),
    fact: (name) =>
      asking(() => spare.facts.get(name) ?? (isCleared ? undefined : (getFact.get(name) as { value: string } | undefined)?.value)),
    remember: ({ ids = [], facts = {} }) =>
      asking(() => {
        const write = (): void => {
          for (const id of ids) addId.run(keyOf(id));
          for (const [name, value] of Object.entries(facts)) putFact.run(name, value);
        };
        if (isWritten(write)) return;
        if (spare.ids.size + ids.length > MOST_SPARE_IDS) throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
        for (const id of ids) spare.ids.add(keyOf(id));
        for (const [name, value] of Object.entries(facts)) spare.facts.set(name, value);
      }),
    settle: () => asking(() => isFull || database.exec('PRAGMA wal_checkpoint(TRUNCATE)')),
    clear: () =>
      asking(() => {
        isCleared ||= !isWritten(() => database.exec('DELETE FROM ids; DELETE FROM facts;'));
        spare.ids.clear();
        spare.facts.clear();
      }),
    close,
  };
}

const keyOf = (id: string): string => (id.length <= LONGEST_ID ? id : `sha256 ${createHash('sha256').update(id).digest('hex')}`);
