export interface EncodeOptions {
  /** Sensor time in microseconds at which the bytes begin: the time that the stream before them has reached. */
  readonly sinceUs?: number;
  /** Sensor time in microseconds at which the bytes end: time words tell it even where there are no events. */
  readonly untilUs?: number;
}
