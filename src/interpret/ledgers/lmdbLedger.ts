import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Claim, Ledger, PaidAnswer } from '../ledger.ts';
import { type LmdbWrites, lmdbWrites } from './lmdb/lmdbWrites.ts';
import { type LedgerDatabase, LmdbClaims, databaseKey } from './lmdb/lmdbClaims.ts';
import { openDatabase } from './lmdb/openDatabase.ts';

export interface LmdbLedgerOptions {
  /** Folder of the database; created where it is absent. Several processes of one machine may share it. */
  path: string;
  /** A claim that its process has not renewed for this long is not waited for, in milliseconds. @default 120000 */
  ownerTimeoutMs?: number;
}

const schema = z.strictObject({
  path: z.string().min(1, 'must be the path of a folder'),
  ownerTimeoutMs: z.number().min(100).default(120_000),
});

/** How often a call of another process is looked at. */
const POLL_MS = 50;

interface Opened {
  readonly database: LedgerDatabase;
  readonly writes: LmdbWrites;
  readonly claims: LmdbClaims;
}

/**
 * Remembers paid answers in an embedded database (LMDB). A crash loses nothing that was seen downstream, since `commit`
 * resolves when the answer is on disk.
 */
export function lmdbLedger(options: LmdbLedgerOptions): Ledger {
  const { path, ownerTimeoutMs } = readOptions('lmdbLedger', schema, options);
  let current: Opened | undefined;
  const opened = (): Opened => {
    if (!current) throw new PipelineError('LEDGER_FAILED', `lmdbLedger ${path} is not open`);
    return current;
  };
  const ledgerError = (cause: unknown): PipelineError => {
    if (cause instanceof PipelineError) return cause;
    // After a write has failed, reading fails too, and says less.
    const first = current?.writes.failure ?? cause;
    return new PipelineError('LEDGER_FAILED', `lmdbLedger ${path}: ${messageOf(first)}`, { cause: first });
  };

  return {
    name: 'lmdbLedger',
    files: [path],
    async open() {
      if (current) return;
      try {
        const database = await openDatabase(path);
        const writes = lmdbWrites(database);
        current = { database, writes, claims: new LmdbClaims(database, writes, ownerTimeoutMs) };
      } catch (cause) {
        throw ledgerError(cause);
      }
    },
    async lookupOrClaim(keys, signal) {
      try {
        return await lookupOrClaim(opened, keys, signal);
      } catch (cause) {
        signal.throwIfAborted();
        throw ledgerError(cause);
      }
    },
    async commit(key, paid) {
      try {
        const { database, writes, claims } = opened();
        await writes.write(() => database.put(databaseKey(key), paid));
        claims.forget(key);
      } catch (cause) {
        throw ledgerError(cause);
      }
    },
    async close() {
      current?.claims.close();
      const closing = current;
      try {
        // It waits for all writes, and one that LMDB has lost never ends.
        if (closing && !closing.writes.failure) await closing.writes.write(async () => closing.database.close().then(() => true));
      } catch (cause) {
        throw ledgerError(cause);
      }
      current = undefined;
    },
  };
}

async function lookupOrClaim(opened: () => Opened, keys: readonly string[], signal: AbortSignal): Promise<PaidAnswer | Claim> {
  const [key] = keys as [string];
  for (;;) {
    const { database, claims } = opened();
    const paid = paidAnswer(database, keys);
    if (paid) return paid;
    if (claims.isTaken(key)) {
      await sleep(POLL_MS, undefined, { signal });
      continue;
    }
    const claim = await claims.tryToClaim(key);
    if (!claim) continue;
    // Another process may have paid, under another of the keys, since we looked.
    if (!paidAnswer(database, keys)) return claim;
    claim.release();
  }
}

const paidAnswer = (database: LedgerDatabase, keys: readonly string[]): PaidAnswer | undefined =>
  keys.map((key) => database.get(databaseKey(key))).find((entry): entry is PaidAnswer => entry !== undefined && 'answer' in entry);
