import { unpack as unpackBounded } from '../../unpack.ts';
import { AEDAT4_MAGIC, type Aedat4Header, readAedat4Header } from '../aedat4Header.ts';
import { makeByteQueue } from '../byteQueue.ts';
import { columns } from '../columns.ts';
import { type Decoder, type Detected, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { END_OF_TIME_US, type Events } from '../events.ts';
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

const ZSTD_MAGIC = 0xfd2fb528;
/** Larger packets are damage: real ones hold some milliseconds, and a colour frame at most. */
const LARGEST_PACKET = 2 ** 26;
/** What a packet may unpack to: so much, and so many times its bytes. Events have less than ten times; a black picture may have thousands. */
const ALWAYS_BYTES = 2 ** 14;
const GROWTH = 256;
/** What the packets of a stream may unpack to beyond that, in all; and what one that is damaged takes of it at most. */
const FREE_BYTES = 2 ** 26;
const DAMAGE_BYTES = 2 ** 24;
const PACKET_HEADER = 8;

export const aedat4: Format = {
  name: 'aedat4',
  detect(head) {
    if (!startsWith(head, AEDAT4_MAGIC)) return undefined;
    const header = readAedat4Header(head);
    const { width, height } = header === 'more' || header === 'malformed' ? { width: 0, height: 0 } : header;
    return { headerBytes: 0, width, height, geometryFrom: width > 0 ? 'header' : 'no size in the header' } satisfies Detected;
  },
  start: (stream) => new Aedat4Decoder(stream),
};

/** For a stream that is joined in its middle, or has a broken header: packets can still be found. */
const NO_HEADER: Aedat4Header = { bytes: 0, tableAt: Number.POSITIVE_INFINITY, stream: undefined, width: 0, height: 0 };

class Aedat4Decoder implements Decoder {
  readonly counters = noCounts();
  readonly extras = { frames: 0, imuSamples: 0, otherStreamEvents: 0, indexedEvents: 0 };
  width: number;
  height: number;
  clockUs = Number.NaN;
  readonly #queue = makeByteQueue();
  #header: Aedat4Header | undefined;
  #stream: number | undefined;
  /** Position in the file of the first byte in the queue. */
  #position = 0;
  /** Whether the beginning of the next packet is unknown. */
  #searching = false;
  /** Events in the columns. */
  #n = 0;
  #free = FREE_BYTES;

  constructor({ width, height }: StreamInfo) {
    this.width = width;
    this.height = height;
  }

  get heldBytes(): number {
    return this.#queue.heldBytes;
  }

  push(bytes: Uint8Array): Events {
    this.#n = 0;
    this.#queue.append(bytes);
    while (this.#step());
    this.counters.events += this.#n;
    return columns.events(this.#n);
  }

  gap(): void {
    this.counters.gaps++;
    this.#drop(this.#queue.length, true);
    // Positions in the file are no longer known.
    this.#header = { ...(this.#header ?? NO_HEADER), tableAt: Number.POSITIVE_INFINITY };
    this.#searching = true;
  }

  end(): Events {
    if (this.#header && this.#position >= this.#header.tableAt) this.extras.indexedEvents = indexedEvents(this.#queue.view(), this.#stream);
    else this.counters.leftoverBytes += this.#queue.length;
    this.#queue.drop(this.#queue.length);
    return columns.events(0);
  }

  /** Takes what is complete at the front of the queue. False if there is nothing more. */
  #step(): boolean {
    if (!this.#header) return this.#readHeader();
    if (this.#position >= this.#header.tableAt && !this.#searching) {
      // The data table is read at the end; what would be longer than any table is dropped.
      if (this.#queue.length > LARGEST_PACKET) this.#drop(this.#queue.length, true);
      return false;
    }
    return this.#searching ? this.#findPacket() : this.#readPacket();
  }

  #readHeader(): boolean {
    const found = readAedat4Header(this.#queue.view());
    if (found === 'more') return false;
    if (found === 'malformed') {
      this.#header = NO_HEADER;
      this.#searching = true;
      this.counters.gaps++;
      return true;
    }
    this.#header = found;
    this.#stream = found.stream;
    this.width ||= found.width;
    this.height ||= found.height;
    this.#drop(found.bytes);
    return true;
  }

  #readPacket(): boolean {
    if (this.#queue.length < PACKET_HEADER) return false;
    const bytes = this.#queue.view();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!plausible(view, 0)) {
      this.#searching = true;
      this.counters.gaps++;
      return true;
    }
    const end = PACKET_HEADER + view.getInt32(4, true);
    if (bytes.length < end) return false;
    const before = this.#n;
    try {
      this.#readContent(view.getInt32(0, true), this.#unpack(bytes.subarray(PACKET_HEADER, end)));
    } catch {
      // A packet that is damaged anywhere is dropped as a whole; the next one begins where its size says.
      this.counters.unknownWords++;
      this.counters.gaps++;
      this.#n = before;
    }
    this.#drop(end);
    return true;
  }

  #unpack(packed: Uint8Array): Uint8Array {
    const due = ALWAYS_BYTES + GROWTH * packed.length;
    const limitBytes = Math.min(LARGEST_PACKET, due + this.#free);
    let taken = Math.min(limitBytes - due, DAMAGE_BYTES);
    try {
      const content = unpack(packed, limitBytes);
      taken = content.length - due;
      return content;
    } finally {
      this.#free -= Math.max(0, taken);
    }
  }

  /** Looks for the next place that can only be a packet. False if it needs more bytes. */
  #findPacket(): boolean {
    const bytes = this.#queue.view();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const last = bytes.length - PACKET_HEADER - 4;
    for (let at = 0; at <= last; at++) {
      if (!isPacked(view.getUint32(at + PACKET_HEADER, true)) || !plausible(view, at)) continue;
      this.#drop(at, true);
      this.#searching = false;
      return true;
    }
    this.#drop(Math.max(0, last + 1), true);
    return false;
  }

  /** Throws where the content is damaged. */
  #readContent(id: number, content: Uint8Array): void {
    const root = rootTable(content);
    if (root.identifier === 'EVTS') {
      this.#stream ??= id;
      if (id === this.#stream) this.#readEvents(root);
      else this.extras.otherStreamEvents += vectorOf(root, 0, 16).count;
    } else if (root.identifier === 'FRME') this.extras.frames++;
    else if (root.identifier === 'IMUS') this.extras.imuSamples += vectorOf(root, 0, 4).count;
    else if (root.identifier === 'TRIG') this.counters.triggers += vectorOf(root, 0, 4).count;
    else this.counters.unknownWords++;
  }

  #readEvents(root: FlatTable): void {
    const { counters } = this;
    const { at, count } = vectorOf(root, 0, 16);
    columns.reserve(this.#n + count);
    const { t, x, y, p } = columns;
    const words = wordsAt(root.view, at, count * 4);
    const [maxX, maxY] = [this.width || 32_768, this.height || 32_768];
    let [n, clockUs] = [this.#n, this.clockUs];
    for (let i = 0; i < words.length; i += 4) {
      const time = words[i + 1]! * 2 ** 32 + (words[i]! >>> 0);
      const place = words[i + 2]!;
      const column = place & 0xffff;
      const row = place >>> 16;
      if (column >= maxX || row >= maxY || !(time >= 0 && time < END_OF_TIME_US)) {
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
    this.#n = n;
    this.clockUs = clockUs;
  }

  /** @param isLost they belong to no packet */
  #drop(count: number, isLost = false): void {
    this.#queue.drop(count);
    this.#position += count;
    if (isLost) this.counters.leftoverBytes += count;
  }
}

const isPacked = (magic: number): boolean => magic === LZ4_MAGIC || magic === ZSTD_MAGIC;

/** Whether a packet header can begin here: few streams, and a size that a packet can have. */
function plausible(view: DataView, at: number): boolean {
  const id = view.getInt32(at, true);
  const size = view.getInt32(at + 4, true);
  return id >= 0 && id < 256 && size >= 8 && size <= LARGEST_PACKET;
}

function unpack(packed: Uint8Array, limitBytes: number): Uint8Array {
  const magic = new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(0, true);
  if (magic === LZ4_MAGIC) return lz4Frame(packed, limitBytes);
  if (magic === ZSTD_MAGIC) return unpackBounded.zstd(packed, limitBytes);
  return packed;
}

/** A view of 32-bit numbers, of a copy where they do not lie at a multiple of 4. */
function wordsAt({ buffer, byteOffset }: DataView, at: number, count: number): Int32Array {
  const from = byteOffset + at;
  return from % 4 === 0 ? new Int32Array(buffer, from, count) : new Int32Array(buffer.slice(from, from + 4 * count));
}

/** The number of events of a stream in the file's own table; 0 where it cannot be read. */
function indexedEvents(table: Uint8Array, stream: number | undefined): number {
  try {
    const root = rootTable(unpack(table, LARGEST_PACKET));
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
