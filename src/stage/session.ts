import type { Position } from './item.ts';

/** A window, as far as its source wants to know it. Sensor time in microseconds. */
export interface CutWindow {
  readonly sensor: string;
  readonly start: number;
  readonly end: number;
  readonly position: Position;
  /** Where silence ended it: behind the last packet of the sensor that was read by then. */
  readonly idleAt?: number;
}

/** The last window of a sensor that was done, and the offset (or number) behind its last packet. */
export interface Resumed {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/**
 * A stretch of one sensor's packets that continue one another. A source that goes back, after a restart or because
 * a partition came to it, begins a new one: decoder, filters and windows from before know nothing of it.
 */
export interface Life {
  /** The last window up to which all are done: events before its end belong to no window any more. */
  readonly after?: Resumed | undefined;
  /** Where silence ended windows in the run before, ascending: it ends them again before the first packet at or behind. */
  readonly idleAt?: readonly number[];
  /** Aborts when the source loses the sensor: its open windows are somebody else's. */
  readonly signal: AbortSignal;
  /** Told of each window that is cut. False: it is done already, or not ours. */
  begin(window: CutWindow): boolean;
  /** Told of each window whose record, or dead letter, is safe. */
  done(window: CutWindow): void;
}
