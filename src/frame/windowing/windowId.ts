import { createHash } from 'node:crypto';
import type { Events } from '../../decode/events.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';

type Identified = Pick<EventWindow, 'id' | 'sensor' | 'start' | 'end' | 'count' | 'slices'>;

/**
 * What a window is known by in every run: its sensor, its span and its events. How its recording was divided into packets, where the
 * recording lies and how often it is read do not matter; a window of another length, or of other events at the same time, is
 * another window. 32 hex digits. A window that was cut carries its id, and is not hashed again.
 */
export const windowId = (window: Identified): string => window.id ?? hashOf(window);

function hashOf({ sensor, start, end, count, slices }: Identified): string {
  // JSON ends where it ends: no name of a sensor can be taken for part of what follows it.
  const hash = createHash('sha256').update(JSON.stringify([sensor, start, end, count]));
  // Column by column, so that the slices that packets make leave no trace.
  for (const column of ['t', 'x', 'y', 'p'] as const) for (const slice of slices) hash.update(bytesOf(slice, column));
  return hash.digest('hex').slice(0, 32);
}

/** The bytes of one column of a slice, where they are. */
function bytesOf({ events, from, to }: EventSlice, column: Exclude<keyof Events, 'length'>): Uint8Array {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = events[column];
  return new Uint8Array(buffer, byteOffset + from * BYTES_PER_ELEMENT, (to - from) * BYTES_PER_ELEMENT);
}
