import { createHash } from 'node:crypto';
import type { EventWindow } from '../eventWindow.ts';

/**
 * The same window of the same source has the same id in every run: sensor, start, and the packet with its first
 * event. The clock of a sensor may start again, so its time alone would not do. 24 hex digits.
 */
export const windowId = ({ sensor, start, position }: Pick<EventWindow, 'sensor' | 'start' | 'position'>): string =>
  createHash('sha256')
    .update(`${sensor}\0${start}\0${position.source}\0${position.partition}\0${position.first}`)
    .digest('hex')
    .slice(0, 24);
