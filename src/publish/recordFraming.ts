import type { Framing } from '../files/framing.ts';

/** How records are written into a file; a unit of it, such as a block, is read as the keys (recordKeys) of its records. */
export interface RecordFraming<Value> extends Framing<readonly string[]> {
  /** Bytes of one record. Throws for a value that does not fit: that one alone fails. */
  encode(value: Value): Uint8Array;
  /** Bytes of one group of encoded records. */
  block(records: readonly Uint8Array[]): Uint8Array;
  /** The records of the unit that begins at `start`; none where it holds none, or is damaged. */
  recordsAt(bytes: Buffer, start: number): readonly Value[];
}
