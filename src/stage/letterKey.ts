import type { DeadLetter } from './reject.ts';

/** What tells a dead letter from others: its window, or where its packet is, and why it was rejected. */
export type LetterFacts = Pick<DeadLetter, 'id' | 'stage' | 'code' | 'sensor' | 'position'>;

/** The same item that fails in the same way has the same key in every run. */
export function letterKey({ id, stage, code, sensor, position: { source, partition, first, end } }: LetterFacts): string {
  return id === '' ? JSON.stringify([stage, code, sensor, source, partition, first, end]) : id;
}
