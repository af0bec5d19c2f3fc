import type { Part } from '../stage/item.ts';
import type { Answer, Attempt } from './caption.ts';

/** An answer that was paid for, as it came, before normalising. */
export interface PaidAnswer {
  readonly answer: Answer;
  readonly route: readonly Attempt[];
}

/** The right to make a call, which no other instance has at the same time. */
export interface Claim {
  /**
   * Whether the claim still holds; asked right before each call, without a wait in between. False where this instance had no
   * contact for so long that others may have taken the call over: then the ledger must be asked again.
   */
  mayCall(): boolean;
  /** Gives the claim up, whether the call was made or not; a second time does nothing. */
  release(): void;
}

/**
 * Remembers what was paid for, by request hash (frame bytes, prompt, model, parameters).
 * To add one, write a file in `ledgers/` with a function that returns this. Rejects with LEDGER_FAILED.
 */
export interface Ledger extends Part {
  /** Called once before anything else; reads what is there. */
  open(): Promise<void>;
  /**
   * The answer to any of these requests where one was paid for, else the claim to the call that will bring it. Waits while
   * another live instance has the claim; rejects with the signal's reason when that aborts. At least one key; the claim is
   * kept under the first.
   */
  lookupOrClaim(keys: readonly string[], signal: AbortSignal): Promise<PaidAnswer | Claim>;
  /** Resolves when the answer is safe: only then does anything downstream see it. */
  commit(key: string, paid: PaidAnswer): Promise<void>;
  /** Rejects, saying why, while the ledger is not connected to where it keeps answers; absent: it always is. */
  ready?(): Promise<void>;
  close(): Promise<void>;
}
