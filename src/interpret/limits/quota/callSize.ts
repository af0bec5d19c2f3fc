/** What one call takes from the quotas of its key, by quota. */
export interface CallSize {
  readonly requests: number;
  /** Input and output together. */
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type QuotaKind = keyof CallSize;

export const QUOTA_KINDS: readonly QuotaKind[] = ['requests', 'tokens', 'inputTokens', 'outputTokens'];

export const callSize = (inputTokens: number, outputTokens: number): CallSize => ({
  requests: 1,
  tokens: inputTokens + outputTokens,
  inputTokens,
  outputTokens,
});

/** A call that was counted, but of which nothing was read or written. */
export const ONE_REQUEST: CallSize = callSize(0, 0);

/** A call that was not made. */
export const NO_CALL: CallSize = { ...ONE_REQUEST, requests: 0 };
