import type { Observable } from 'rxjs';
import type { Part } from '../stage/item.ts';
import type { Answer, Attempt } from './caption.ts';

/** An answer that was paid for, as it came, before normalising. */
export interface Paid {
  readonly answer: Answer;
  readonly route: readonly Attempt[];
}

/**
 * Remembers what was paid for, by request hash (frame bytes, prompt, model, parameters).
 * To add one, write a file in `ledgers/` with a function that returns this. Rejects with LEDGER_FAILED.
 */
export interface Ledger extends Part {
  /** Called once before anything else; reads what is there. */
  open(): Promise<void>;
  /** The answer to any of these requests, if one was paid for. Waits for a live intent of another instance. */
  find(keys: readonly string[]): Promise<Paid | undefined>;
  /** Says that a call is about to be made, and until when (Unix ms) others should wait for its answer. */
  intend(key: string, deadlineMs: number): Promise<void>;
  /** Resolves when the answer is safe: only then does anything downstream see it. */
  pay(key: string, paid: Paid): Promise<void>;
  /** Emits when this instance was out of touch for so long that others may make its calls: what it is about to ask must be looked up again. */
  readonly lapsed?: Observable<unknown>;
  close(): Promise<void>;
}
