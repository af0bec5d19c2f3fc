import { createHash } from 'node:crypto';
import type { Frame } from '../frame/frame.ts';
import type { Part } from '../stage/item.ts';

/** The words that go with one frame. */
export interface Asked {
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

/** A way to ask. To add one, write a file in `prompts/` with a function that returns this. */
export interface Prompt extends Part {
  readonly version: string;
  /** Pure: the same frame is asked about with the same words. */
  ask(frame: Frame): Asked;
}

/** The words with their hash: what all prompts end in. */
export const asked = (words: Omit<Asked, 'hash'>): Asked => {
  const { system, user, maxOutputTokens, schema } = words;
  const hash = createHash('sha256')
    .update(JSON.stringify([system, user, maxOutputTokens, schema ?? null]))
    .digest('hex')
    .slice(0, 16);
  return { ...words, hash };
};
