import type { Part } from '../../stage/item.ts';
import type { Cutter } from '../eventWindow.ts';

export interface CutOptions {
  /** How far back before its start a window carries events, in microseconds: the renderer's horizon. */
  readonly horizonUs: number;
  /** How much further back packets must be read again by a resumed run, in microseconds: the memory of the filters. @default 0 */
  readonly memoryUs?: number;
  /**
   * The sensor's last window that was done before: what lies before its end belongs to no window any more. Sensor
   * time in microseconds; `offset` is behind its last packet.
   */
  readonly after?: { readonly start: number; readonly end: number; readonly offset: number } | undefined;
}

/** A way to cut time. To add one, write a file in `windows/` with a function that returns this. */
export interface Windowing extends Part {
  /** Wall-clock silence after which an open window is closed, in milliseconds. Absent: never. */
  readonly idleAfterMs?: number;
  /** A fresh cutter, one for each sensor. */
  start(options: CutOptions): Cutter;
}
