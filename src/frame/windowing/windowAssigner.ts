import type { EventBatch } from '../../decode/events.ts';
import type { ResumePoint } from '../../stage/session.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';

/**
 * Assigns the events of one sensor to windows. Every ack of a batch must end in the acks of the windows that hold its events, or be
 * called.
 */
export interface WindowAssigner {
  /** The windows that this batch closes. */
  push(batch: EventBatch): EventWindow[];
  /**
   * The windows that the idle timeout closes: no packet came for this wall-clock time, in milliseconds; Infinity where the run before
   * closed them here. Absent: no idle timeout.
   */
  idle?(elapsedMs: number): EventWindow[];
  /**
   * The windows that are closed because the sensor is forgotten, as the idle timeout closes them; every ack that is still held is called.
   * @default those of `flush`, as closed by the idle timeout
   */
  rest?(): EventWindow[];
  /** Bytes that it holds: batches with events of open windows, and those that pictures look back to. @default not known, and not bounded */
  readonly heldBytes?: number;
  /** The stream ended: open windows are closed as they are. */
  flush(): EventWindow[];
  /** Late events so far: those that came after their window had been closed. */
  readonly late: number;
  /** The late events of the last batch; none of packets that are read again, which were reported when they came first. */
  takeLate(): readonly EventSlice[];
}

export interface AssignerOptions {
  /** How far back before its start a window carries events, in microseconds: the renderer's horizon. */
  readonly horizonUs: number;
  /** How much further back a resumed run must read packets again, in microseconds: the memory of the filters. @default 0 */
  readonly memoryUs?: number;
  /** The sensor's last finished window: events before its end belong to no window. */
  readonly after?: ResumePoint | undefined;
  /** Events at which a window is cut: no window may grow without bound. @default Infinity */
  readonly windowEvents?: number;
}
