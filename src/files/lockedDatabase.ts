import { closeSync, constants, copyFileSync, lstatSync, openSync, readSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { PipelineError } from '../errors.ts';
import { fileError } from './fileError.ts';

/** Marks a database as ours: 'Sacc'. */
const APPLICATION_ID = 0x53_61_63_63;
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const APPLICATION_ID_AT = 68;
/** Result codes of SQLite. */
const BUSY = 5;
const IO_ERROR = 10;
const FULL = 13;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
/** Up to this size it is looked through when it is opened, some 10 ms. */
const SMALL_BYTES = 4 << 20;
const DAMAGED = { errcode: CORRUPT };

/**
 * Those that this process holds. Closing any handle of a file gives up the locks that a process has on it (POSIX), so nobody
 * may look into one that is held.
 */
const held = new Set<string>();

/** Whether this process has the database at a path. */
export const isHeldHere = (path: string): boolean => held.has(path);

export interface LockedDatabase {
  readonly database: DatabaseSync;
  /** Gives up the lock. */
  readonly close: () => void;
}

/**
 * Opens a small SQLite database that one run has at a time: the system's lock on it ends with the process, however that ends.
 * One that is damaged is emptied in place, so that the lock stays one; a file of others is put aside first.
 *
 * @param owner the file that it belongs to, for people
 * @param tables SQL that makes what is missing in it
 */
export function lockedDatabase(path: string, owner: string, tables = ''): LockedDatabase {
  const inUse = new PipelineError(
    'SINK_FAILED',
    `${owner} is being written by another run, or by another output of this one; wait until that has ended, or name another file`,
  );
  if (held.has(path)) throw inUse;
  held.add(path);
  try {
    emptyUnlessOurs(path);
    const database = openLocked(path, tables) ?? openEmptied(path, tables);
    return {
      database,
      close() {
        if (database.isOpen) database.close();
        held.delete(path);
      },
    };
  } catch (cause) {
    held.delete(path);
    if (codeOfSqlite(cause) === BUSY) throw inUse;
    throw fileError(path, `(the lock and index of ${owner}) cannot be opened`, sqliteCause(cause));
  }
}

/** Undefined where the file is damaged. */
function openLocked(path: string, tables: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 256;',
    );
    // From here on the lock is held: `locking_mode` lets go of none that was taken once.
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    // Nothing is written into one that is whole: a disk may be full.
    if (database.prepare('PRAGMA application_id').get()?.['application_id'] !== APPLICATION_ID)
      database.exec(`BEGIN; ${tables} PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
    if (isSmall(path) && database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') throw DAMAGED;
    return database;
  } catch (cause) {
    database.close();
    if (isDamage(cause)) return undefined;
    throw cause;
  }
}

function openEmptied(path: string, tables: string): DatabaseSync {
  truncateSync(path, 0);
  const database = openLocked(path, tables);
  if (!database) throw new Error('it is damaged, and is still when it was emptied');
  return database;
}

export const isDamage = (cause: unknown): boolean => [NOT_A_DATABASE, CORRUPT].includes(codeOfSqlite(cause));

/** SQLite reports a disk that is full in the middle of its own files as an error of input or output. */
export const isOutOfSpace = (cause: unknown): boolean => [FULL, IO_ERROR].includes(codeOfSqlite(cause));

const isSmall = (path: string): boolean => (lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) <= SMALL_BYTES;

/** What lies there and is no database of ours is copied aside, so that nothing of anybody is lost. */
function emptyUnlessOurs(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || (found.isFile() && found.size === 0)) return;
  if (!found.isFile())
    throw new PipelineError('CONFIG_INVALID', `${path} is not a file, and has the name that the index of an output needs; move it away`);
  const head = readHead(path);
  if (head.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID) return;
  // A database of ours that crashed before its first write was whole: SQLite mends it, or says that it cannot.
  if (head.every((byte) => byte === 0)) return truncateSync(path, 0);
  if (head.toString('latin1', 0, MAGIC.length) === MAGIC && head.readUInt32BE(APPLICATION_ID_AT) === 0 && found.size <= 4096) return;
  for (let n = 1; ; n++) {
    const aside = `${path}.aside-${n}`;
    if (lstatSync(aside, { throwIfNoEntry: false })) continue;
    copyFileSync(path, aside, constants.COPYFILE_EXCL);
    break;
  }
  truncateSync(path, 0);
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, HEADER_BYTES, 0);
    return head;
  } finally {
    closeSync(file);
  }
}

const codeOfSqlite = (cause: unknown): number => ((cause as { errcode?: number } | null)?.errcode ?? 0) & 0xff;

const sqliteCause = (cause: unknown): unknown => {
  if (codeOfSqlite(cause) === FULL) return Object.assign(new Error('disk full', { cause }), { code: 'ENOSPC' });
  return cause;
};
