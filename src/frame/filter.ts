import type { Events } from '../decode/events.ts';
import type { Part } from '../stage/item.ts';

/** Keeps, drops or moves events of one sensor. */
export interface FilterRun {
  /** The events of a batch that are kept, in the same order. The columns belong to the filter and are valid until the next call. */
  push(events: Events, width: number, height: number): Events;
  /** Events dropped so far. */
  readonly dropped: number;
}

/** A filter over events. To add one, write a file in `filters/` with a function that returns this. */
export interface Filter extends Part {
  /**
   * How far back its decisions depend on earlier events, in microseconds of sensor time: a resumed run reads these again,
   * so that it decides as before. @default 0
   */
  readonly memoryUs?: number;
  /** A run without state, one for each sensor. */
  start(): FilterRun;
}
