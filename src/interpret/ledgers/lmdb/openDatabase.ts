import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { makeFolderSync } from '../../../files/makeFolderSync.ts';
import type { PaidAnswer } from '../../ledger.ts';
import { privateFiles } from './privateFiles.ts';
import type { LedgerDatabase, StoredClaim } from './lmdbClaims.ts';

/** A database begins with two pages of 4 KiB; where it has less, nothing was ever in it. */
const SMALLEST_BYTES = 8192;
const TRIAL_BYTES = 65_536;
/** More than LMDB opens. */
const DESCRIPTORS = 8;

/** Opens the database in a folder, which is made where it is absent. Rejects with the error of the system where it cannot be written. */
export async function openDatabase(path: string): Promise<LedgerDatabase> {
  makeFolderSync(path);
  await tryToWrite(path);
  await removeTornBeginning(join(path, 'data.mdb'));
  return openLmdb<PaidAnswer | StoredClaim, Buffer>({
    path,
    noSubdir: false,
    keyEncoding: 'binary',
    compression: false,
    ...privateFiles,
    // A write resolves when its transaction is synced, and rejects when it cannot be: with LMDB's defaults nobody hears of a sync
    // that fails, and a transaction that fails is an unhandled rejection of its own.
    overlappingSync: false,
    eventTurnBatching: false,
  });
}

/**
 * LMDB's own error for a folder that cannot be written does not say so; on a full disk, or with too few file descriptors, it takes the
 * process with it.
 */
async function tryToWrite(path: string): Promise<void> {
  const trial = join(path, `trial-${process.pid}`);
  const opened: FileHandle[] = [];
  try {
    while (opened.length < DESCRIPTORS) opened.push(await open(trial, 'w'));
    await opened[0]!.writeFile(new Uint8Array(TRIAL_BYTES));
  } finally {
    for (const file of opened) await file.close();
    await rm(trial, { force: true });
  }
}

/** A database that a full disk cut off at its birth ends every process that opens it (SIGSEGV). */
async function removeTornBeginning(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found && found.size > 0 && found.size < SMALLEST_BYTES) await rm(file);
}
