import type { JournalEntry } from '../../../src/sim/vendor/journal.ts';

/** Entries of a time span in Unix milliseconds. */
export const within = (entries: readonly JournalEntry[], fromMs: number, toMs: number): readonly JournalEntry[] =>
  entries.filter(({ atUs }) => atUs / 1_000 >= fromMs && atUs / 1_000 < toMs);

/** Entries a second of a time span. */
export const perSecond = (entries: readonly JournalEntry[], fromMs: number, toMs: number): number =>
  within(entries, fromMs, toMs).length / ((toMs - fromMs) / 1_000);

/** The share of entries that have this outcome. */
export const shareOf = (entries: readonly JournalEntry[], outcome: string): number =>
  entries.filter((entry) => entry.outcome === outcome).length / Math.max(1, entries.length);
