import { fieldAt, int64At, rootTable, vectorOf } from './flatTable.ts';
import { startsWith } from './startsWith.ts';

export const AEDAT4_MAGIC = Buffer.from('#!AER-DAT4.0\r\n');
const LARGEST_HEADER = 2 ** 26;

/** What the header of an AEDAT 4 file says. */
export interface Aedat4Header {
  /** Position of the first packet. */
  readonly bytes: number;
  /** Position of the data table; infinite where the file was not closed. */
  readonly tableAt: number;
  /** The event stream that is decoded: the first. Undefined where the XML names none. */
  readonly stream: number | undefined;
  readonly width: number;
  readonly height: number;
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

/** The first event stream in the XML: its number, and the size of its sensor. */
function eventStreamOf(xml: string): Pick<Aedat4Header, 'stream' | 'width' | 'height'> {
  const path: string[] = [];
  const values = new Map<string, string>();
  for (const [, closing, tag, attributes = '', text = ''] of xml.matchAll(/<(\/?)(node|attr)\b([^>]*)>([^<]*)/g)) {
    const name = /(?:name|key)="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (tag === 'attr' && closing === '') values.set([...path, name].join('/'), text.trim());
    else if (tag === 'node' && closing === '/') path.pop();
    else if (tag === 'node' && !attributes.endsWith('/')) path.push(name);
  }
  for (const [key, value] of values) {
    if (value !== 'EVTS' || !key.endsWith('/typeIdentifier')) continue;
    const node = key.slice(0, -'/typeIdentifier'.length);
    const [width, height] = ['sizeX', 'sizeY'].map((side) => Number(values.get(`${node}/info/${side}`)) || 0);
    return { stream: Number(node.split('/').at(-1)), width: width ?? 0, height: height ?? 0 };
  }
  return { stream: undefined, width: 0, height: 0 };
}
