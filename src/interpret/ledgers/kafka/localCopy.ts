import { rm } from 'node:fs/promises';
import { type RootDatabase, open } from 'lmdb';
import type { PaidAnswer } from '../../ledger.ts';
import { privateFiles } from '../lmdb/privateFiles.ts';

/** Keys of claims begin with this; those of answers are request hashes. */
const CLAIM = 'intent ';

/** What messages of one partition change. */
export interface CopyChanges {
  readonly paid: ReadonlyMap<string, PaidAnswer>;
  /** Claims by request hash; undefined: given up, or paid for. */
  readonly claims: ReadonlyMap<string, string | undefined>;
  readonly partition: number;
  /** The offset after the last message. */
  readonly next: number;
}

/** The answers and claims of a ledger topic on this machine, so that a restart reads only what is new. */
export class LocalCopy {
  readonly #root: RootDatabase;
  readonly #folder: string;
  readonly #isKept: boolean;

  /** @param isKept whether the copy outlives the process */
  constructor(folder: string, isKept: boolean) {
    this.#folder = folder;
    this.#isKept = isKept;
    // A copy for this run alone need not survive a crash. Answers share their shape, and pages that are not read leave our memory.
    this.#root = open({
      path: folder,
      compression: false,
      ...privateFiles,
      sharedStructuresKey: Symbol.for('structures'),
      remapChunks: true,
      noSync: !isKept,
    });
  }

  /** The claims by request hash, as of the last run. */
  claims(): Map<string, string> {
    const claims = new Map<string, string>();
    for (const { key, value } of this.#root.getRange({ start: CLAIM, end: `${CLAIM}~` }))
      claims.set(String(key).slice(CLAIM.length), value as string);
    return claims;
  }

  /** The offset from which a partition is read. */
  nextOffset(partition: number): number {
    return (this.#root.get(`offset ${partition}`) as number | undefined) ?? 0;
  }

  hasPaid(requestHash: string): boolean {
    return this.#root.doesExist(requestHash);
  }

  /** The answer to the first of these requests that was paid for. */
  paidAnswer(requestHashes: readonly string[]): PaidAnswer | undefined {
    for (const requestHash of requestHashes) {
      const found = this.#root.get(requestHash) as PaidAnswer | undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** Stores changes and their offset together, so that neither can be there without the other. */
  async store({ paid, claims, partition, next }: CopyChanges): Promise<void> {
    if (paid.size + claims.size === 0) return;
    // No transaction with a callback: a process that ends during one would never end (lmdb waits for the callback).
    await this.#root.batch(() => {
      for (const [requestHash, answer] of paid) void this.#root.put(requestHash, answer);
      if (this.#isKept)
        for (const [requestHash, claim] of claims)
          void (claim === undefined ? this.#root.remove(CLAIM + requestHash) : this.#root.put(CLAIM + requestHash, claim));
      void this.#root.put(`offset ${partition}`, next);
    });
  }

  async close(): Promise<void> {
    await this.#root.close();
    if (!this.#isKept) await rm(this.#folder, { recursive: true, force: true });
  }
}
