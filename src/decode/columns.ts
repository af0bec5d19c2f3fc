import { type Events, makeEvents } from './events.ts';

/** Columns that decoders write into. */
export interface Columns {
  t: Float64Array<ArrayBuffer>;
  x: Uint16Array<ArrayBuffer>;
  y: Uint16Array<ArrayBuffer>;
  p: Uint8Array<ArrayBuffer>;
  /** Events that fit. */
  capacity: number;
  /** Makes room for `capacity` events and keeps those that are there. */
  reserve(capacity: number): void;
  /** The first `length` events, valid until the columns are written again. */
  events(length: number): Events;
}

const FEWEST = 1024;

/** One for all decoders of a thread: a decoder that is not decoding needs none, and there may be thousands of them. */
export const columns: Columns = {
  ...(makeEvents(0) as Pick<Columns, 't' | 'x' | 'y' | 'p'>),
  capacity: 0,
  reserve(capacity) {
    if (capacity <= columns.capacity) return;
    const room = Math.max(FEWEST, capacity, columns.capacity * 2);
    const grown = makeEvents(room);
    grown.t.set(columns.t);
    grown.x.set(columns.x);
    grown.y.set(columns.y);
    grown.p.set(columns.p);
    Object.assign(columns, { t: grown.t, x: grown.x, y: grown.y, p: grown.p, capacity: room });
  },
  events(length) {
    return { length, t: columns.t, x: columns.x, y: columns.y, p: columns.p };
  },
};
