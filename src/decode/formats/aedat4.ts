import { zstdDecompressSync } from 'node:zlib';
import { makeByteQueue } from '../byteQueue.ts';
import { makeColumns } from '../columns.ts';
import { type Decoder, type Detected, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { type FlatTable, fieldAt, int64At, rootTable, vectorOf } from '../flatTable.ts';
import { LZ4_MAGIC, lz4Frame } from '../lz4Frame.ts';
import { startsWith } from '../startsWith.ts';

/*
  AEDAT 4 file (iniVation DV), little endian
    "#!AER-DAT4.0\r\n"
    u32 length, IOHeader "IOHE" (FlatBuffers): 0 compression i32, 1 position of the data table i64 (-1: not closed), 2 XML
    packets up to the data table, or the end: i32 stream, i32 size, content: FlatBuffers with a size prefix, each
      packed for itself as an LZ4 or Zstandard frame, or not at all
        EVTS  0 vector of { i64 t @0, i16 x @8, i16 y @10, bool on @12 }, 16 bytes each; t in Unix µs
        FRME  a frame; IMUS  0 vector of samples; TRIG  0 vector of triggers
    data table "FTAB", packed likewise: 0 vector of tables { 0 i64 byte offset, 1 { i32 stream, i32 size }, 2 i64 elements, ... }
  The XML names the streams, and the size of the sensor. https://docs.inivation.com/software/software-advanced-usage/file-formats/aedat-4.0.html
*/

const MAGIC = Buffer.from('#!AER-DAT4.0\r\n');
const ZSTD_MAGIC = 0xfd2fb528;
/** Larger packets are damage: real ones hold some milliseconds, and a colour frame at most. */
const LARGEST_PACKET = 2 ** 26;
const PACKET_HEADER = 8;

export const aedat4: Format = {
  name: 'aedat4',
  detect(head) {
    if (!startsWith(head, MAGIC)) return undefined;
    const header = readHeader(head);
    const { width, height } = header === 'more' || header === 'malformed' ? { width: 0, height: 0 } : header;
    return { headerBytes: 0, width, height, geometryFrom: width > 0 ? 'header' : 'no size in the header' } satisfies Detected;
  },
  start: startAedat4,
};

interface Header {
  /** Position of the first packet. */
  readonly bytes: number;
  /** Position of the data table; infinite where the file was not closed. */
  readonly tableAt: number;
  /** The event stream that is decoded: the first. Undefined where the XML does not tell. */
  readonly stream: number | undefined;
  readonly width: number;
  readonly height: number;
}

function readHeader(head: Uint8Array): Header | 'more' | 'malformed' {
  if (head.length < MAGIC.length + 4) return 'more';
  if (!startsWith(head, MAGIC)) return 'malformed';
  const length = new DataView(head.buffer, head.byteOffset).getUint32(MAGIC.length, true);
  if (length > LARGEST_PACKET) return 'malformed';
  const bytes = MAGIC.length + 4 + length;
  if (head.length < bytes) return 'more';
  try {
    const root = rootTable(head.subarray(MAGIC.length, bytes));
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
function eventStreamOf(xml: string): Pick<Header, 'stream' | 'width' | 'height'> {
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

function startAedat4(info: StreamInfo): Decoder {
  const counters = noCounts();
  const extras = { frames: 0, imuSamples: 0, otherStreamEvents: 0, indexedEvents: 0 };
  const columns = makeColumns();
  const queue = makeByteQueue();
  let header: Header | undefined;
  let { width, height } = info;
  let stream: number | undefined;
  let position = 0;
  let searching = false;
  let clockUs = Number.NaN;
  let n = 0;

  const drop = (count: number, lost = false): void => {
    queue.drop(count);
    position += count;
    if (lost) counters.leftoverBytes += count;
  };

  const readEvents = (root: FlatTable): void => {
    const { at, count } = vectorOf(root, 0, 16);
    columns.reserve(n + count);
    const { t, x, y, p } = columns;
    const words = wordsAt(root.view, at, count * 4);
    const [maxX, maxY] = [width || 32_768, height || 32_768];
    for (let i = 0; i < words.length; i += 4) {
      const time = words[i + 1]! * 2 ** 32 + (words[i]! >>> 0);
      const place = words[i + 2]!;
      const column = place & 0xffff;
      const row = place >>> 16;
      if (column >= maxX || row >= maxY || !(time >= 0 && time < 2 ** 53)) {
        counters.outOfRange++;
        continue;
      }
      if (time < clockUs) counters.timeBackward++;
      clockUs = time;
      t[n] = time;
      x[n] = column;
      y[n] = row;
      p[n++] = (words[i + 3]! & 0xff) === 0 ? 0 : 1;
    }
  };

  const readContent = (id: number, content: Uint8Array): void => {
    const root = rootTable(content);
    if (root.identifier === 'EVTS') {
      stream ??= id;
      if (id === stream) readEvents(root);
      else extras.otherStreamEvents += vectorOf(root, 0, 16).count;
    } else if (root.identifier === 'FRME') extras.frames++;
    else if (root.identifier === 'IMUS') extras.imuSamples += vectorOf(root, 0, 4).count;
    else if (root.identifier === 'TRIG') counters.triggers += vectorOf(root, 0, 4).count;
    else counters.unknownWords++;
  };

  const readPacket = (id: number, packed: Uint8Array): void => {
    const before = n;
    try {
      readContent(id, unpack(packed));
    } catch {
      // Nothing of a packet that is damaged anywhere is believed; the next one begins where its size says.
      counters.unknownWords++;
      counters.gaps++;
      n = before;
    }
  };

  /** Looks for the next place that can only be a packet. False if it needs more bytes. */
  const resume = (): boolean => {
    const bytes = queue.view();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const last = bytes.length - PACKET_HEADER - 4;
    for (let at = 0; at <= last; at++) {
      if (!isPacked(view.getUint32(at + PACKET_HEADER, true)) || !plausible(view, at)) continue;
      drop(at, true);
      searching = false;
      return true;
    }
    drop(Math.max(0, last + 1), true);
    return false;
  };

  /** Takes what is complete at the front of the queue. False if there is nothing more. */
  const step = (): boolean => {
    if (!header) {
      const found = readHeader(queue.view());
      if (found === 'more') return false;
      if (found === 'malformed') {
        // A stream joined in its middle, or a broken header: packets can still be found.
        header = { bytes: 0, tableAt: Number.POSITIVE_INFINITY, stream: undefined, width: 0, height: 0 };
        searching = true;
        counters.gaps++;
        return true;
      }
      header = found;
      stream = found.stream;
      width ||= found.width;
      height ||= found.height;
      drop(found.bytes);
      return true;
    }
    if (position >= header.tableAt && !searching) {
      // The data table is read at the end; what would be beyond any table is let go.
      if (queue.length > LARGEST_PACKET) drop(queue.length, true);
      return false;
    }
    if (searching) return resume();
    if (queue.length < PACKET_HEADER) return false;
    const bytes = queue.view();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!plausible(view, 0)) {
      searching = true;
      counters.gaps++;
      return true;
    }
    const end = PACKET_HEADER + view.getInt32(4, true);
    if (bytes.length < end) return false;
    readPacket(view.getInt32(0, true), bytes.subarray(PACKET_HEADER, end));
    drop(end);
    return true;
  };

  return {
    push(bytes) {
      n = 0;
      queue.append(bytes);
      while (step());
      counters.events += n;
      return columns.events(n);
    },
    gap() {
      counters.gaps++;
      drop(queue.length, true);
      header ??= { bytes: 0, tableAt: Number.POSITIVE_INFINITY, stream: undefined, width: 0, height: 0 };
      // Positions in the file are no longer known.
      header = { ...header, tableAt: Number.POSITIVE_INFINITY };
      searching = true;
    },
    end() {
      if (header && position >= header.tableAt) extras.indexedEvents = indexedEvents(queue.view(), stream);
      else counters.leftoverBytes += queue.length;
      queue.drop(queue.length);
      return columns.events(0);
    },
    counters,
    extras,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get clockUs() {
      return clockUs;
    },
  };
}

const isPacked = (magic: number): boolean => magic === LZ4_MAGIC || magic === ZSTD_MAGIC;

/** Whether a packet header can begin here: few streams, and a size that a packet can have. */
function plausible(view: DataView, at: number): boolean {
  const id = view.getInt32(at, true);
  const size = view.getInt32(at + 4, true);
  return id >= 0 && id < 256 && size >= 8 && size <= LARGEST_PACKET;
}

function unpack(packed: Uint8Array): Uint8Array {
  const magic = new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(0, true);
  if (magic === LZ4_MAGIC) return lz4Frame(packed, LARGEST_PACKET);
  if (magic === ZSTD_MAGIC) return zstdDecompressSync(packed, { maxOutputLength: LARGEST_PACKET });
  return packed;
}

/** A view of 32-bit numbers, of a copy where they do not lie at a multiple of 4. */
function wordsAt({ buffer, byteOffset }: DataView, at: number, count: number): Int32Array {
  const from = byteOffset + at;
  return from % 4 === 0 ? new Int32Array(buffer, from, count) : new Int32Array(buffer.slice(from, from + 4 * count));
}

/** What the file's own table says of the events in a stream; 0 where it cannot be read. */
function indexedEvents(table: Uint8Array, stream: number | undefined): number {
  try {
    const root = rootTable(unpack(table));
    const { at, count } = vectorOf(root, 0, 4);
    let events = 0;
    for (let i = 0; i < count; i++) {
      const entry = { view: root.view, at: at + 4 * i + root.view.getUint32(at + 4 * i, true) };
      const [packet, elements] = [fieldAt(entry, 1), fieldAt(entry, 2)];
      if (packet !== undefined && elements !== undefined && root.view.getInt32(packet, true) === stream) {
        events += int64At(root.view, elements);
      }
    }
    return events;
  } catch {
    return 0;
  }
}
