/** What is done of a partition: enough to resume at `position` without repeating a window or leaving one out. */
export interface CommittedProgress {
  /** The lowest offset that something unfinished still needs. */
  readonly position: number;
  readonly sensors: readonly CommittedSensor[];
  /** Offsets at or above `position` of packets that were rejected as a whole. */
  readonly rejected: readonly number[];
  /** Offsets at or above `position` of packets whose late events have a dead letter. */
  readonly late: readonly number[];
  /** Of the topic that the offsets belong to, where it is known: another one may get its name. */
  readonly topicId?: string;
}

export interface CommittedSensor {
  /** `sensorHash` of its name. */
  readonly hash: number;
  /** The first offset at which the sensor is read again. */
  readonly from: number;
  readonly watermark?: LowWatermark;
  /** Starts of done windows above the watermark, ascending. */
  readonly done: readonly number[];
  /** Offsets at which the idle timeout ended windows that are read again, ascending. */
  readonly idleAt: readonly number[];
}

/** The last window of a sensor up to which all windows are done. */
export interface LowWatermark {
  /** Sensor time in microseconds. */
  readonly start: number;
  readonly end: number;
  /** The offset after its last packet: the watermark says nothing about windows that begin at or after it. */
  readonly offset: number;
}

/** A window that was cut from a partition, as its progress is recorded. */
export interface DoneWindow {
  readonly sensor: string;
  /** Sensor time in microseconds. */
  readonly start: number;
  readonly end: number;
  /** Offset of its first packet, and the offset after its last. */
  readonly position: { readonly first: number; readonly end: number };
  /** Where the idle timeout ended it: the offset after the last packet of the sensor that was read by then. */
  readonly idleAt?: number;
}

/** The progress of a group that has done nothing and begins at `position`. */
export const nothingDone = (position: number): CommittedProgress => ({ position, sensors: [], rejected: [], late: [] });
