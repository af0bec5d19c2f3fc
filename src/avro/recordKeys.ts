/** Ids of version 0.1.0 say where a window begins, and not how long it is. */
const FORMER_ID = /^[0-9a-f]{24}$/;

/** A window as version 0.1.0 knew it: its id of then, and the end that the id does not say. */
export const formerKey = (id: string, endUs: number): string => `${id} ${endUs}`;

/** What a record is looked up by in an output: its id, if it has one; one of version 0.1.0 also by that and the end of its window. */
export function recordKeys(id: string, endUs: unknown): string[] {
  if (id === '') return [];
  return FORMER_ID.test(id) && typeof endUs === 'number' ? [id, formerKey(id, endUs)] : [id];
}
