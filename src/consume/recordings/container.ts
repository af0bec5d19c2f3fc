import type { Packet } from '../../stage/packet.ts';
import type { CheckedFileLimits } from './fileLimits.ts';

/** A file that can be read at any offset. */
export interface RandomAccess {
  readonly path: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`; fewer at the end of the file. Throws INPUT_UNREADABLE where it is one piece too large,
   * or where all reads together are more than the file can need: its parts point to each other in a circle. Throws RangeError for
   * a place that cannot be.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** To be called with the bytes that a piece unpacks to, before it is unpacked. Throws INPUT_UNREADABLE where that is too much. */
  claim(bytes: number): void;
  readonly limits: CheckedFileLimits;
}

/**
 * A packet as a container holds it; `sensor` is what the file calls it, a topic for instance. Events that the file has as
 * columns go as `event_cd` records (`decode/formats/eventCd.ts`). Width and height of 0 mean that only the bytes can tell: a
 * sensor whose size stays unknown gives no frames.
 */
export type ContainedPacket = Pick<
  Packet,
  'sensor' | 'seq' | 'encoding' | 'width' | 'height' | 'timeBaseNs' | 'capturedAtUs' | 'bytes' | 'fault'
>;

/** A kind of file that holds packets of one or several sensors. To add one, write a file in `containers/`. */
export interface Container {
  /** Its name in messages, and the value of the option `format`. */
  readonly name: string;
  /** Whether a file with these first bytes is one. */
  detect(head: Uint8Array): boolean;
  /**
   * The packets in the order of the file, one by one; one that cannot be made out has a `fault`, and the next one follows.
   * Throws INPUT_UNREADABLE where the file cannot be read on.
   */
  packets(file: RandomAccess, signal: AbortSignal): AsyncIterable<ContainedPacket>;
}
