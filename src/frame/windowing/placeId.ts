import { createHash } from 'node:crypto';
import type { Position } from '../../stage/item.ts';

/** What tells a place: a window, or what its record has of it. */
interface Place {
  readonly sensor: string;
  readonly start: number;
  readonly position: Pick<Position, 'source' | 'partition' | 'first'>;
}

/** What outputs of version 0.1.0 know a window by: its place, and its end, since windows of another length begin there too. */
export interface FormerId {
  readonly place: string;
  readonly endUs: number;
}

/**
 * Where a window was read: its sensor, its start, and the packet with its first event. It was the
 * id in version 0.1.0. It stays the same where a packet could not be decoded, and the window has fewer events. 24 hex digits.
 */
export const placeId = ({ sensor, start, position }: Place): string =>
  createHash('sha256')
    .update(`${sensor}\0${start}\0${position.source}\0${position.partition}\0${position.first}`)
    .digest('hex')
    .slice(0, 24);
