import type { Events } from '../events.ts';

export interface EncodeOptions {
  /** Sensor time in microseconds at which the bytes begin: the time that the stream before them has reached. */
  readonly sinceUs?: number;
  /** Sensor time in microseconds at which the bytes end: time words tell it even where there are no events. */
  readonly untilUs?: number;
}

/** Makes the bytes of a wire format from events in order of time. Each call starts afresh: its bytes can be decoded alone. */
export type Encoder = (events: Events, options?: EncodeOptions) => Uint8Array;
