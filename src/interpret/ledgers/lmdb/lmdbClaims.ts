import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { RootDatabase } from 'lmdb';
import type { Claim, PaidAnswer } from '../../ledger.ts';
import type { LmdbWrites } from './lmdbWrites.ts';

/** The claim to a call, as the database has it. */
export interface StoredClaim {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** Until when it is waited for, in Unix milliseconds: all processes of a machine share that clock. */
  readonly until: number;
}

/** Entries by the 32 bytes of a request hash. */
export type LedgerDatabase = RootDatabase<PaidAnswer | StoredClaim, Buffer>;

export const databaseKey = (requestHash: string): Buffer => Buffer.from(requestHash, 'hex');

/**
 * The claims of one process in a database that several processes share. A claim is taken in a transaction, so that one process
 * has it, and renewed while it is held. The claim of a process that has crashed does not count; that of a process that stands
 * still counts until its time is over, after which that process makes no call.
 */
export class LmdbClaims {
  readonly #database: LedgerDatabase;
  readonly #writes: LmdbWrites;
  readonly #timeoutMs: number;
  readonly #owner = randomUUID();
  /** Our claims, and until when they run; 0 while one is being taken. */
  readonly #held = new Map<string, number>();
  readonly #renewing: NodeJS.Timeout;
  #isClosed = false;

  /** @param timeoutMs how long a claim runs that is not renewed */
  constructor(database: LedgerDatabase, writes: LmdbWrites, timeoutMs: number) {
    this.#database = database;
    this.#writes = writes;
    this.#timeoutMs = timeoutMs;
    this.#renewing = setInterval(() => this.#renew(), timeoutMs / 4);
  }

  /** Whether the call of a key is being made, by us or by another process that is still there. */
  isTaken(key: string): boolean {
    return this.#held.has(key) || this.#isTakenByAnother(key);
  }

  /** Claims the call of a key that is not taken. Resolves with undefined where another process was faster. */
  async tryToClaim(key: string): Promise<Claim | undefined> {
    this.#held.set(key, 0);
    let isOurs = false;
    try {
      isOurs = await this.#take(key);
    } finally {
      if (!isOurs) this.#held.delete(key);
    }
    return isOurs ? this.#claimOf(key) : undefined;
  }

  /** The answer has taken the place of the claim. */
  forget(key: string): void {
    this.#held.delete(key);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#renewing);
  }

  #claimOf(key: string): Claim {
    // Half of its time is left for making the call and renewing the claim.
    const isFirm = (): boolean => !this.#isClosed && (this.#held.get(key) ?? 0) - Date.now() > this.#timeoutMs / 2;
    return {
      // Asked between two steps of a call, where nobody hears of an error: a claim that cannot be read allows nothing.
      mayCall: () => isFirm() && quietly(() => this.#isOurs(key)),
      release: () => {
        const wasFirm = isFirm();
        if (!this.#held.delete(key) || this.#isClosed || this.#writes.failure) return;
        if (wasFirm) this.#remove(key);
        // What cannot be released runs out.
        else quietly(() => this.#writes.inTransaction(() => this.#isOurs(key) && this.#remove(key)));
      },
    };
  }

  async #take(key: string): Promise<boolean> {
    // Most claims are to new keys: those do not wait for the disk.
    if (this.#storedClaim(key) === undefined)
      return this.#writes.write(() => this.#database.ifNoExists(databaseKey(key), () => this.#put(key)));
    return this.#writes.inTransaction(() => {
      const isFree = this.#storedClaim(key) !== undefined && !this.#isTakenByAnother(key);
      if (isFree) this.#put(key);
      return isFree;
    });
  }

  #renew(): void {
    if (this.#held.size === 0) return;
    // A claim that cannot be renewed runs out, and its call is not made: see `mayCall`.
    quietly(() =>
      this.#writes.inTransaction(() => {
        for (const key of this.#held.keys()) if (this.#isOurs(key)) this.#put(key);
      }),
    );
  }

  /** Whether it was written, the transaction around it says: nobody waits for the write itself. */
  #put(key: string): void {
    const until = Date.now() + this.#timeoutMs;
    this.#held.set(key, until);
    this.#writes
      .write(() => this.#database.put(databaseKey(key), { owner: this.#owner, host: hostname(), pid: process.pid, until }))
      .catch(() => {});
  }

  #remove(key: string): void {
    this.#writes.write(() => this.#database.remove(databaseKey(key))).catch(() => {});
  }

  #storedClaim(key: string): StoredClaim | undefined {
    const entry = this.#database.get(databaseKey(key));
    return entry !== undefined && 'until' in entry ? entry : undefined;
  }

  #isOurs(key: string): boolean {
    return this.#storedClaim(key)?.owner === this.#owner;
  }

  #isTakenByAnother(key: string): boolean {
    const claim = this.#storedClaim(key);
    return claim !== undefined && claim.owner !== this.#owner && claim.until > Date.now() && !isGone(claim);
  }
}

/** Whether the process has ended; of processes on other machines that is not known. */
function isGone({ host, pid }: StoredClaim): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** False where it cannot be done: what comes of that is the same as if it was not. */
function quietly(work: () => unknown): boolean {
  try {
    return work() !== false;
  } catch {
    return false;
  }
}
