import { type Events, makeEvents } from './events.ts';

/** Columns that a decoder writes into, reused for each packet. */
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

export function makeColumns(): Columns {
  const { t, x, y, p } = makeEvents(0);
  return {
    t: t as Float64Array<ArrayBuffer>,
    x: x as Uint16Array<ArrayBuffer>,
    y: y as Uint16Array<ArrayBuffer>,
    p: p as Uint8Array<ArrayBuffer>,
    capacity: 0,
    reserve(capacity) {
      if (capacity <= this.capacity) return;
      const room = Math.max(1024, capacity, this.capacity * 2);
      const grown = makeEvents(room);
      grown.t.set(this.t);
      grown.x.set(this.x);
      grown.y.set(this.y);
      grown.p.set(this.p);
      Object.assign(this, { t: grown.t, x: grown.x, y: grown.y, p: grown.p, capacity: room });
    },
    events(length) {
      return { length, t: this.t, x: this.x, y: this.y, p: this.p };
    },
  };
}
