import { setTimeout as sleep } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';
import { messageOf } from '../../../errors.ts';

/** A write that takes longer has been lost: LMDB forgets some when the system refuses its meta page. */
const LONGEST_MS = 30_000;

/**
 * The writes to a database, until one of them fails: then those that wait fail with it, and no other is begun, since some calls of LMDB
 * would never return.
 */
export interface LmdbWrites {
  /** Resolves when what `begin` wrote is synced. Rejects with the reason for which it is not, at the latest after half a minute. */
  write(begin: () => PromiseLike<boolean>): Promise<boolean>;
  /** Runs in a transaction, one process at a time. It waits for the disk. */
  inTransaction<Out>(work: () => Out): Out;
  /** Why the first one failed; undefined while none has. */
  readonly failure: Error | undefined;
}

export function lmdbWrites(database: Pick<RootDatabase, 'transactionSync'>): LmdbWrites {
  const waiting = new Set<(error: Error) => void>();
  let failure: Error | undefined;

  const failed = (cause: unknown): Error => {
    failure ??= new Error(explained(messageOf(cause)), { cause });
    for (const reject of waiting) reject(failure);
    return failure;
  };

  return {
    async write(begin) {
      if (failure) throw failure;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      const tooLate = setTimeout(() => failed(`a write has not ended within ${LONGEST_MS / 1000} s; look at the disk`), LONGEST_MS);
      waiting.add(reject);
      begin().then(resolve, async (cause: unknown) => failed(await reasonOf(cause)));
      try {
        return await promise;
      } finally {
        clearTimeout(tooLate);
        waiting.delete(reject);
      }
    },
    inTransaction(work) {
      if (failure) throw failure;
      try {
        return database.transactionSync(work);
      } catch (cause) {
        throw failed(cause);
      }
    },
    get failure() {
      return failure;
    },
  };
}

/** LMDB says the same of a write that failed and of one that a full disk cut short. */
const explained = (message: string): string =>
  message.startsWith('Input/output error')
    ? `${message}: a write failed or was cut short; look at the disk and at its free space`
    : message;

/** LMDB rejects a write only with the news that its transaction failed; why, a promise in the error says a moment later. */
async function reasonOf(cause: unknown): Promise<unknown> {
  const { commitError } = cause as { commitError?: Promise<never> };
  return commitError ? Promise.race([commitError.catch((reason: unknown) => reason), sleep(1000, cause, { ref: false })]) : cause;
}
