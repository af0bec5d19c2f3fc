import type { Part } from '../../stage/item.ts';
import type { AssignerOptions, WindowAssigner } from './windowAssigner.ts';

/** A way to divide time into windows. To add one, write a file in `windows/` with a function that returns this. */
export interface Windowing extends Part {
  /** Idle timeout: open windows are closed when no packet came for this wall-clock time, in milliseconds. Absent: never. */
  readonly idleAfterMs?: number;
  /** An assigner without state, one for each sensor. */
  start(options: AssignerOptions): WindowAssigner;
}
