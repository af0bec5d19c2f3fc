import type { CaptionRecord, Sink } from 'saccade';

/** A sink: a table by id, so that a second run passes over what is there. */
export const tableSink = (): Sink<CaptionRecord> & { readonly rows: ReadonlyMap<string, CaptionRecord> } => {
  const rows = new Map<string, CaptionRecord>();
  return {
    name: 'tableSink',
    params: {},
    rows,
    async write(record) {
      rows.set(record.id, record);
    },
    has: (id) => rows.has(id),
  };
};
