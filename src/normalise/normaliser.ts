import type { Draft } from './rule.ts';

/** Rules in their order, under a name and a version that go into the record. */
export interface Normaliser {
  readonly name: string;
  readonly version: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Pure and idempotent. The raw text is kept by the caller. */
  apply(raw: string, flags?: readonly string[]): Draft;
}
