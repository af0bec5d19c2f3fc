import type { Events } from '../../decode/events.ts';

/** Closes a window by what is in it. Sees each event of the window once, in order. */
export interface Trigger {
  /** The index after the event at which the trigger fires; -1 where it does not. */
  firesAt(events: Events, from: number, to: number): number;
}
