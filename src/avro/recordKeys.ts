import { type LetterFacts, letterKey } from '../stage/letterKey.ts';

/** Ids of version 0.1.0 say where a window begins, and not how long it is. */
const FORMER_ID = /^[0-9a-f]{24}$/;

/** A window as version 0.1.0 knew it: its id of then, and the end that the id does not say. */
export const formerKey = (id: string, endUs: number): string => `${id} ${endUs}`;

/** What is looked at of a record. */
export interface RecordFacts extends Partial<LetterFacts> {
  readonly endUs?: unknown;
}

/**
 * What a record is looked up by in an output: its id; one of version 0.1.0 also by that and the end of its window. A dead letter
 * without a window: the key of its packet. Anything else: nothing.
 */
export function recordKeys({ id = '', endUs, stage, code, sensor, position }: RecordFacts): string[] {
  if (id === '') return stage && code && sensor !== undefined && position ? [letterKey({ id, stage, code, sensor, position })] : [];
  return FORMER_ID.test(id) && typeof endUs === 'number' ? [id, formerKey(id, endUs)] : [id];
}
