import type { Events } from './events.ts';

/** Counters of a decoder; every field counts from the start of the stream. */
export interface DecodeCounters {
  /** CD events delivered. */
  events: number;
  /** External trigger events. */
  triggers: number;
  /** Events outside the sensor, dropped. */
  outOfRange: number;
  /** Words whose row, base or time was not known, dropped. */
  orphanWords: number;
  /** Steps back in time. */
  timeBackward: number;
  /** Wraps of the sensor's clock. */
  wraps: number;
  /** Words of types that the format does not define. */
  unknownWords: number;
  /** Words that carry something else than CD events or time (monitoring, IMU, padding). */
  otherWords: number;
  /** Jumps that made the state unknown: lost packets, or a clock that does not fit. */
  gaps: number;
  /** Bytes that belong to no complete word or record. */
  leftoverBytes: number;
}

export const noCounts = (): DecodeCounters => ({
  events: 0,
  triggers: 0,
  outOfRange: 0,
  orphanWords: 0,
  timeBackward: 0,
  wraps: 0,
  unknownWords: 0,
  otherWords: 0,
  gaps: 0,
  leftoverBytes: 0,
});

/** What is known of a stream before its first byte. */
export interface StreamInfo {
  /** Sensor size in pixels; 0 where it is only known from the bytes. */
  readonly width: number;
  readonly height: number;
  /** Sensor time near which the stream continues, in microseconds, where an earlier part was read before: a format whose time wraps needs it. */
  readonly nearUs?: number | undefined;
}

/** Decodes the byte stream of one sensor, which may be cut into packets anywhere. Damage is counted, never thrown. */
export interface Decoder {
  /**
   * The events that these bytes complete. They are valid until the next call of any decoder of this thread, as decoders may share their columns: copy what is kept (copyEvents).
   * @param timeBaseNs what formats with relative time add, in nanoseconds
   */
  push(bytes: Uint8Array, timeBaseNs?: bigint): Events;
  /**
   * Bytes were lost before the next push: what depends on them is unknown.
   * @param nearUs sensor time in microseconds near which the stream continues, where the last decoded time is not to be believed
   */
  gap(nearUs?: number): void;
  /** The stream ended: what was held back for a complete word is counted or delivered. */
  end(): Events;
  readonly counters: Readonly<DecodeCounters>;
  /** Sensor size as far as it is known; 0 before. */
  readonly width: number;
  readonly height: number;
  /** Sensor time reached, in microseconds; NaN before it is known. */
  readonly clockUs: number;
  /** Bytes that it keeps for the rest of a record, where these may be many. */
  readonly heldBytes?: number;
  /** Counts of other data in the stream, by name: frames, IMU samples, ... */
  readonly extras?: Readonly<Record<string, number>>;
}

/** What is known from the first bytes of a file. */
export interface Detected {
  /** Bytes before the first one that the decoder wants to see; 0 where it reads the header itself. */
  readonly headerBytes: number;
  /** Sensor size in pixels; 0 where the file does not say. */
  readonly width: number;
  readonly height: number;
  /** Where the geometry comes from, as text: `header`, `system_ID 48`, ... */
  readonly geometryFrom: string;
}

/** A wire format. To add one, write a file in `formats/` that exports this under the file's name. */
export interface Format {
  /** Its name in packets (`encoding`), records and messages. */
  readonly name: string;
  /** The format cannot carry external triggers. */
  readonly withoutTriggers?: true;
  /** Files of this format usually do not contain the sensor size, and can be inspected without it. */
  readonly withoutGeometry?: true;
  /**
   * Recognises a file of this format by its content; undefined if it is none.
   * @param head the first bytes of the file, at most 64 KiB
   */
  detect?(head: Uint8Array): Detected | undefined;
  /** A fresh decoder, one for each sensor. */
  start(stream: StreamInfo): Decoder;
}
