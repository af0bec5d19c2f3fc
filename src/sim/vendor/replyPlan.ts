import type { ApiReply } from '../api/vendorApi.ts';
import type { FaultRule } from '../options/simulatorOptions.ts';

/** How a request is answered: with this reply, after so many of the client's milliseconds, perhaps over a broken connection. */
export interface ReplyPlan {
  /** `ok`, the fault that is simulated, or `invalid`. */
  readonly outcome: string;
  readonly model: string;
  /** Alias of the key. */
  readonly key: string;
  readonly imageSha256: string;
  readonly reply: ApiReply;
  readonly delayMs: number;
  /** The fault of the connection. */
  readonly transport?: FaultRule | undefined;
  /** Billed, if the reply is sent whole. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Frees the slot that the call holds. Called once, when the request is over. */
  readonly done: () => void;
}
