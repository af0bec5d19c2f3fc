import { createHash } from 'node:crypto';

/** The words that are sent with one frame. */
export interface PromptRequest {
  /** What kind of pictures these are and how to describe them. */
  readonly system: string;
  /** What is asked of this frame. */
  readonly user: string;
  /** Largest answer in tokens. */
  readonly maxOutputTokens: number;
  /** JSON schema of the answer, where a structured one is wanted. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** SHA-256 over all of the above; 16 hex digits. */
  readonly hash: string;
}

/** Adds the hash to the words: what every prompt returns. */
export const promptRequest = (words: Omit<PromptRequest, 'hash'>): PromptRequest => {
  const { system, user, maxOutputTokens, schema } = words;
  const hash = createHash('sha256')
    .update(JSON.stringify([system, user, maxOutputTokens, schema ?? null]))
    .digest('hex')
    .slice(0, 16);
  return { ...words, hash };
};
