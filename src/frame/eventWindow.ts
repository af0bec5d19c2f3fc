import type { EventBatch, Events } from '../decode/events.ts';
import type { Item } from '../stage/item.ts';

/** Part of a batch: events `from` up to, not including, `to`. */
export interface EventSlice {
  readonly events: Events;
  readonly from: number;
  readonly to: number;
}

/** Why a window ended: its time was over, it was full, the sensor fell silent, or the stream ended. */
export type CloseReason = 'time' | 'count' | 'idle' | 'end';

/** All events of one sensor with start <= t < end. */
export interface EventWindow extends Item {
  /** Sensor time in microseconds. */
  readonly start: number;
  readonly end: number;
  readonly closedBy: CloseReason;
  /** Where silence ended it: behind the last packet of the sensor that was read by then. */
  readonly idleAt?: number;
  /** Sensor size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The events, oldest slice first. */
  readonly slices: readonly EventSlice[];
  /** Events before `start`, as far back as the renderer's horizon asks; oldest slice first. */
  readonly history: readonly EventSlice[];
  /** Events in all, and those of ON polarity. */
  readonly count: number;
  readonly on: number;
  /** Wall clock of the packet with the first event in Unix microseconds; 0 where it is not known. */
  readonly capturedAtUs: number;
}

/** Cuts the batches of one sensor into windows. Every ack of a batch must end in the acks of the windows that hold its events, or be called. */
export interface Cutter {
  /** The windows that this batch closes. */
  push(batch: EventBatch): EventWindow[];
  /** Wall-clock time went by, in milliseconds, and no packet came. Only for windowings with an idle time. */
  idle?(elapsedMs: number): EventWindow[];
  /** The stream ended: what is open is closed as it is. */
  flush(): EventWindow[];
  /** Events that came after their window had been closed. */
  readonly late: number;
  /** Those of the last batch; none of packets that are read again, which were told when they came first. */
  takeLate(): readonly EventSlice[];
}
