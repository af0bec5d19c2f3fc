import type { Item } from '../stage/item.ts';
import type { Session } from '../stage/session.ts';

/**
 * Sensor time from which on no event can be, in microseconds: 2112, where it counts from 1970. It leaves room below 2^53, up to which
 * a number is exact, for the ends of windows.
 */
export const END_OF_TIME_US = 2 ** 52;

/** Contrast-detection events as columns of equal length. A batch is one item of the flow; an event never is. */
export interface Events {
  /** Valid entries of each column. */
  readonly length: number;
  /** Sensor time in microseconds; whole numbers below `END_OF_TIME_US`. */
  readonly t: Float64Array;
  /** Column in pixels, 0 at the left. */
  readonly x: Uint16Array;
  /** Row in pixels, 0 at the top. */
  readonly y: Uint16Array;
  /** Polarity: 1 for ON (brighter), 0 for OFF (darker). */
  readonly p: Uint8Array;
}

/** The events of one packet, with the geometry that its stream has made known. */
export interface EventBatch extends Item {
  readonly events: Events;
  /** Sensor size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Sensor time in microseconds that the stream has reached, with or without events. NaN before it is known. */
  readonly clockUs: number;
  /** Wall clock of the packet in Unix microseconds; 0 where it is not known. */
  readonly capturedAtUs: number;
  /** The session of its packet. */
  readonly session?: Session | undefined;
}

/** Columns that are being filled. */
export interface WritableEvents extends Events {
  length: number;
}

/** Columns with room for `capacity` events. */
export const makeEvents = (capacity: number): WritableEvents => ({
  length: 0,
  t: new Float64Array(capacity),
  x: new Uint16Array(capacity),
  y: new Uint16Array(capacity),
  p: new Uint8Array(capacity),
});

/** A copy of exactly the valid entries, safe to keep while a decoder writes into its own columns. */
export const copyEvents = ({ length, t, x, y, p }: Events): Events => ({
  length,
  t: t.slice(0, length),
  x: x.slice(0, length),
  y: y.slice(0, length),
  p: p.slice(0, length),
});
