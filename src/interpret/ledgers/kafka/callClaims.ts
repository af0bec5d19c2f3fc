import type { Claim, PaidAnswer } from '../../ledger.ts';
import { ownerOf } from './claimRecord.ts';
import type { Lease } from './lease.ts';
import type { LedgerRecord } from './ledgerRecord.ts';
import type { LedgerState } from './ledgerState.ts';

export interface CallClaimsParts {
  /** The name of this instance in the log. */
  readonly owner: string;
  readonly lease: Lease;
  readonly state: LedgerState;
  /** Whether the ledger is open and has not failed. */
  readonly isUsable: () => boolean;
  /** Writes a record to the log. */
  readonly send: (record: LedgerRecord) => Promise<void>;
  /** Resolves when everything was read that is in the log now. */
  readonly caughtUp: () => Promise<void>;
  /** Called when a claim could not be given up: the others would wait for it for as long as we live. */
  readonly onFailed: (cause: unknown) => void;
}

/** The claims of this instance to calls. A claim is a record in the log, and holds when it was read back as the first one. */
export class CallClaims {
  readonly #parts: CallClaimsParts;
  /** Our claims by request hash, from when they are sent. */
  readonly #held = new Map<string, string>();
  #made = 0;

  constructor(parts: CallClaimsParts) {
    this.#parts = parts;
    parts.state.onClaim((requestHash, holder) => {
      // A claim of ours that we do not hold: its record was sent twice, and arrived after we gave it up.
      if (ownerOf(holder) === parts.owner && this.#held.get(requestHash) !== holder) this.#giveUp(requestHash, holder);
    });
  }

  /** Whether the call is being made, by us or by another instance that is alive as of a beat of ours. */
  isTaken(key: string, beat: number): boolean {
    const { state, lease, owner } = this.#parts;
    if (this.#held.has(key)) return true;
    const holder = state.claimOf(key);
    return holder !== undefined && ownerOf(holder) !== owner && !lease.isDead(ownerOf(holder), beat);
  }

  /**
   * Claims a call that is not taken: under the first of the keys, unless it was paid for under any of them. Resolves with
   * undefined where another instance was faster.
   *
   * @param term the term of our lease in which the claim holds
   */
  async claim(keys: readonly string[], term: number): Promise<PaidAnswer | Claim | undefined> {
    const [key] = keys as [string];
    const { state, owner, send, caughtUp } = this.#parts;
    const replaced = state.claimOf(key);
    if (replaced !== undefined && !(await this.#isStillFree(key, replaced))) return undefined;
    const id = `${owner}/${this.#made++}`;
    this.#held.set(key, id);
    try {
      await send({ kind: 'claim', requestHash: key, claim: { id, ...(replaced !== undefined && { over: replaced }) } });
      // After this our claim was read, and all that was paid before it.
      await caughtUp();
      const paid = state.paidAnswer(keys);
      if (!paid && state.claimOf(key) === id) return this.#claimOf(keys, id, term);
      this.#release(key, id);
      return paid;
    } catch (error) {
      this.#release(key, id);
      throw error;
    }
  }

  /** The answer has taken the place of the claim. */
  forget(key: string): void {
    this.#held.delete(key);
  }

  /** The owner of a claim may only seem dead because it was not read: what it wrote until now counts, our waiting for it does not. */
  async #isStillFree(key: string, claim: string): Promise<boolean> {
    const { state, lease, caughtUp } = this.#parts;
    const beat = lease.beats();
    await caughtUp();
    return state.claimOf(key) === claim && !this.isTaken(key, beat);
  }

  #claimOf(keys: readonly string[], id: string, term: number): Claim {
    const [key] = keys as [string];
    const { state, lease, isUsable } = this.#parts;
    const isOurs = (): boolean => this.#held.get(key) === id && state.claimOf(key) === id && lease.term() === term;
    return {
      mayCall: () => isUsable() && isOurs() && !state.paidAnswer(keys),
      release: () => this.#release(key, id),
    };
  }

  #release(key: string, id: string): void {
    if (this.#held.get(key) !== id) return;
    this.#held.delete(key);
    if (this.#parts.isUsable() && this.#parts.state.claimOf(key) === id) this.#giveUp(key, id);
  }

  #giveUp(requestHash: string, id: string): void {
    const { send, onFailed } = this.#parts;
    send({ kind: 'claim', requestHash, claim: { over: id } }).catch(onFailed);
  }
}
