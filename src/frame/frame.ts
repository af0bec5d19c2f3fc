import type { Item } from '../stage/item.ts';
import type { CloseReason } from './eventWindow.ts';
import type { MotionFacts } from './motionFacts.ts';

/** What is kept of a window when its events are no longer needed. */
export interface WindowFacts {
  /** Sensor time in microseconds, start inclusive, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly closedBy: CloseReason;
  /** It was cut because it held as many events as a window may. */
  readonly isCut?: boolean;
  /** Events in all, and those of ON polarity. */
  readonly count: number;
  readonly on: number;
  /** Sensor size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Wall clock of the packet with the first event in Unix microseconds; 0 where it is not known. */
  readonly capturedAtUs: number;
  /** The motion measured from its events, where a part of the pipeline needs it. */
  readonly motion?: MotionFacts;
}

/** An encoded picture. */
export interface Image {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  /** SHA-256 of `bytes`, lower-case hex. */
  readonly sha256: string;
}

/** A window that was drawn. */
export interface Frame extends Item {
  /** That of its window: the same sensor, span and events have the same id in every run. 32 hex digits. */
  readonly id: string;
  readonly window: WindowFacts;
  /** Absent for a quiet window: it has too few events to ask a model about. */
  readonly image?: Image;
  /** Name, parameters and legend of the renderer that drew it. */
  readonly renderer: { readonly name: string; readonly params: Readonly<Record<string, unknown>>; readonly legend: string };
}
