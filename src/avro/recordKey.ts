/** Ids of version 0.1.0 say where a window begins, and not how long it is. */
const FORMER_ID = /^[0-9a-f]{24}$/;

/** What a record is looked up by in an output: its id, and for one of version 0.1.0 also the end of its window. */
export const recordKey = (id: string, endUs: unknown): string => (FORMER_ID.test(id) && typeof endUs === 'number' ? `${id} ${endUs}` : id);
