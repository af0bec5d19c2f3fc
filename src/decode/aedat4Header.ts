import { type Aedat4Stream, eventStreamOf } from './eventStreamOf.ts';
import { fieldAt, int64At, rootTable, vectorOf } from './flatTable.ts';
import { startsWith } from './startsWith.ts';

export const AEDAT4_MAGIC = Buffer.from('#!AER-DAT4.0\r\n');
/** Real ones have some kilobytes. */
const LARGEST_HEADER = 2 ** 22;

/** What the header of an AEDAT 4 file says. */
export interface Aedat4Header extends Aedat4Stream {
  /** Position of the first packet. */
  readonly bytes: number;
  /** Position of the data table; infinite where the file was not closed. */
  readonly tableAt: number;
}

/** `more`: the header is longer than these bytes. `malformed`: it is no header. */
export function readAedat4Header(head: Uint8Array): Aedat4Header | 'more' | 'malformed' {
  if (head.length < AEDAT4_MAGIC.length + 4) return 'more';
  if (!startsWith(head, AEDAT4_MAGIC)) return 'malformed';
  const length = new DataView(head.buffer, head.byteOffset).getUint32(AEDAT4_MAGIC.length, true);
  if (length > LARGEST_HEADER) return 'malformed';
  const bytes = AEDAT4_MAGIC.length + 4 + length;
  if (head.length < bytes) return 'more';
  try {
    const root = rootTable(head.subarray(AEDAT4_MAGIC.length, bytes));
    const position = fieldAt(root, 1);
    const tableAt = position === undefined ? -1 : int64At(root.view, position);
    const xml = vectorOf(root, 2, 1);
    const text = Buffer.from(root.view.buffer, root.view.byteOffset + xml.at, xml.count).toString('utf8');
    return { bytes, tableAt: tableAt < bytes ? Number.POSITIVE_INFINITY : tableAt, ...eventStreamOf(text) };
  } catch (error) {
    if (error instanceof RangeError) return 'malformed';
    throw error;
  }
}
