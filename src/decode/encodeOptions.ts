/** The span of time that encoded bytes stand for. */
export interface EncodeOptions {
  /** Sensor time in microseconds at which the bytes begin: the time that the stream before them has reached. */
  readonly sinceUs?: number;
  /** Sensor time in microseconds at which the bytes end: time words carry it even where there are no events. */
  readonly untilUs?: number;
}
