import type { Events } from '../decode/events.ts';
import type { Item } from '../stage/item.ts';

/** Part of a batch: events `from` up to, not including, `to`. */
export interface EventSlice {
  readonly events: Events;
  readonly from: number;
  readonly to: number;
}

/** What closed a window: its time was over, a trigger fired (`count`), the idle timeout, or the end of the stream. */
export type CloseReason = 'time' | 'count' | 'idle' | 'end';

/** All events of one sensor with start <= t < end. */
export interface EventWindow extends Item {
  /** See windowId. Absent until the operator that cuts windows passes it on. */
  readonly id?: string;
  /** Sensor time in microseconds. */
  readonly start: number;
  readonly end: number;
  readonly closedBy: CloseReason;
  /** It was cut because it held as many events as a window may (`state.windowEvents`). */
  readonly isCut?: boolean;
  /** Where the idle timeout closed it: the position after the sensor's last packet that had been read by then. */
  readonly idleAt?: number;
  /** Sensor size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The events, oldest slice first. */
  readonly slices: readonly EventSlice[];
  /** Events before `start`, as far back as the renderer's horizon asks; oldest slice first. */
  readonly history: readonly EventSlice[];
  /** How far back `history` reaches, in microseconds. @default 0 */
  readonly horizonUs?: number;
  /** Events in all, and those of ON polarity. */
  readonly count: number;
  readonly on: number;
  /** Wall clock of the packet with the first event in Unix microseconds; 0 where it is not known. */
  readonly capturedAtUs: number;
}
