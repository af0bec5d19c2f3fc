import { zstdCompressSync } from 'node:zlib';
import { encodeEvt2 } from '../../src/decode/encoders/encodeEvt2.ts';
import { encodeEvt21 } from '../../src/decode/encoders/encodeEvt21.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { type Row, eventsOf } from './support.ts';

/** A straight writer for each format, to make streams with known contents. */
export interface Sample {
  /** The format's name. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The bytes as a decoder gets them, without a header that the format skips. */
  readonly bytes: (rows: readonly Row[]) => Uint8Array;
  /** The bytes of a file; undefined for formats that exist in packets only. */
  readonly file?: (rows: readonly Row[]) => Uint8Array;
  readonly timeBaseNs?: bigint;
  /** What is added to t by the time base, in microseconds. */
  readonly shiftUs?: number;
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const concat = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const VGA = { width: 640, height: 480 };

/** One record of `size` bytes for each row. */
const records =
  (size: number, write: (view: DataView, at: number, row: Row) => void) =>
  (rows: readonly Row[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(rows.length * size));
    rows.forEach((row, i) => write(view, i * size, row));
    return new Uint8Array(view.buffer);
  };

const raw = (lines: string[], bytes: (rows: readonly Row[]) => Uint8Array) => (rows: readonly Row[]) =>
  concat([ascii(lines.map((line) => `% ${line}\n`).join('')), bytes(rows)]);

const evt3 = (rows: readonly Row[]): Uint8Array => encodeEvt3(eventsOf(rows));
const evt2 = (rows: readonly Row[]): Uint8Array => encodeEvt2(eventsOf(rows));
const evt21 = (rows: readonly Row[]): Uint8Array => encodeEvt21(eventsOf(rows));

const swapHalves = (bytes: Uint8Array): Uint8Array => {
  const halves = new Uint32Array(Uint8Array.from(bytes).buffer);
  return new Uint8Array(halves.map((_, i) => halves[i ^ 1] ?? 0).buffer);
};

const dat = records(8, (view, at, [t, x, y, p]) => {
  view.setUint32(at, t, true);
  view.setUint32(at + 4, x | (y << 14) | (p << 28), true);
});

const dat1 = records(8, (view, at, [t, x, y, p]) => {
  view.setUint32(at, t, true);
  view.setUint32(at + 4, x | (y << 9) | (p << 17), true);
});

const nmnist = (rows: readonly Row[]): Uint8Array => {
  const bytes: number[] = [];
  let offset = 0;
  for (const [t, x, y, p] of rows) {
    for (; t - offset >= 2 ** 23; offset += 2 ** 13) bytes.push(0, 240, 0, 0, 0);
    const time = t - offset;
    bytes.push(x, y, (p << 7) | (time >> 16), (time >> 8) & 255, time & 255);
  }
  return Uint8Array.from(bytes);
};

const es =
  (write: (bytes: number[], wait: number, x: number, y: number, p: number) => void) =>
  (rows: readonly Row[]): Uint8Array => {
    const bytes: number[] = [];
    let last = 0;
    for (const [t, x, y, p] of rows) {
      write(bytes, t - last, x, VGA.height - 1 - y, p);
      last = t;
    }
    return Uint8Array.from(bytes);
  };

const esDvs = es((bytes, wait, x, y, p) => {
  let left = wait;
  for (; left > 126; left -= 127) bytes.push(0xff);
  bytes.push((left << 1) | p, x & 255, x >> 8, y & 255, y >> 8);
});

const esAtis = es((bytes, wait, x, y, p) => {
  let left = wait;
  for (; left > 62; left -= 63) bytes.push(0xfd);
  bytes.push((left << 2) | (p << 1), x & 255, x >> 8, y & 255, y >> 8);
});

const esFile = (type: number, bytes: (rows: readonly Row[]) => Uint8Array) => (rows: readonly Row[]) =>
  concat([ascii('Event Stream'), Uint8Array.from([2, 0, 0, type, 128, 2, 224, 1]), bytes(rows)]);

const libcaer = records(8, (view, at, [t, x, y, p]) => {
  view.setUint32(at, (1 | (p << 1) | (y << 2) | (x << 17)) >>> 0, true);
  view.setInt32(at + 4, t, true);
});

const libcaerCmp = (rows: readonly Row[]): Uint8Array =>
  Uint8Array.from(
    new Uint8Array(
      Uint16Array.from(rows.flatMap(([t, x, y, p]) => [t >> 12, 0x1000 | (t & 0xfff), 0x2000 | x, 0x3000 | (p << 11) | y])).buffer,
    ),
  );

const mono = records(8, (view, at, [t, x, y, p]) => {
  view.setUint32(at, t * 1000, true);
  view.setUint32(at + 4, (x | (y << 16) | (p << 31)) >>> 0, true);
});

const dvsMsgs = records(13, (view, at, [t, x, y, p]) => {
  view.setUint16(at, x, true);
  view.setUint16(at + 2, y, true);
  view.setUint32(at + 4, Math.floor(t / 1e6), true);
  view.setUint32(at + 8, (t % 1e6) * 1000 + 999, true);
  view.setUint8(at + 12, p);
});

const eventCd = records(16, (view, at, [t, x, y, p]) => {
  view.setUint16(at, x, true);
  view.setUint16(at + 2, y, true);
  view.setInt16(at + 4, p, true);
  view.setBigInt64(at + 8, BigInt(t), true);
});

const aedat2 = records(8, (view, at, [t, x, y, p]) => {
  view.setUint32(at, (((259 - y) << 22) | ((345 - x) << 12) | (p << 11)) >>> 0);
  view.setUint32(at + 4, t);
});

const aedat3 = (rows: readonly Row[]): Uint8Array => {
  const parts: Uint8Array[] = [aedat3Packet(0, 8, 1, Uint8Array.from([0b101, 0, 0, 0, 7, 0, 0, 0]))];
  for (let i = 0; i < rows.length; i += 100) {
    const part = rows.slice(i, i + 100);
    parts.push(aedat3Packet(1, 8, part.length, libcaer(part)), aedat3Packet(2, 40, 1, new Uint8Array(40)));
  }
  return concat(parts);
};

function aedat3Packet(type: number, size: number, count: number, events: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(28));
  [type, 1].forEach((value, i) => header.setInt16(2 * i, value, true));
  [size, 4, 0, count, count, count].forEach((value, i) => header.setInt32(4 + 4 * i, value, true));
  return concat([new Uint8Array(header.buffer), events]);
}

const text = (rows: readonly Row[]): Uint8Array => Uint8Array.from(ascii(rows.map((row) => `${row.join(' ')}\n`).join('')));

export const UNIX_US = 1_633_953_690_975_950;

/** An AEDAT 4 file: one event stream, one of frames; packed by `pack`. */
export function aedat4File(rows: readonly Row[], pack: (content: Uint8Array) => Uint8Array = lz4Stored, closed = true): Uint8Array {
  const packets: Uint8Array[] = [];
  const index: { at: number; stream: number; size: number; count: number }[] = [];
  let at = aedat4Header(0n).length;
  const add = (stream: number, content: Uint8Array, count: number): void => {
    const packed = pack(content);
    const header = new Uint8Array(Int32Array.of(stream, packed.length).buffer);
    index.push({ at, stream, size: packed.length, count });
    packets.push(header, packed);
    at += 8 + packed.length;
  };
  for (let i = 0; i < rows.length; i += 50) {
    const part = rows.slice(i, i + 50);
    add(0, flat('EVTS', part.length, aedat4Events(part)), part.length);
    // A 16-bit frame: nothing of it is read.
    add(1, flat('FRME', 0, new Uint8Array(0)), 1);
    add(2, flat('TRIG', 1, new Uint8Array(4)), 1);
  }
  const table = pack(flat('FTAB', index.length, aedat4Index(index)));
  return concat([aedat4Header(closed ? BigInt(at) : -1n), ...packets, ...(closed ? [table] : [])]);
}

const aedat4Events = records(16, (view, at, [t, x, y, p]) => {
  view.setBigInt64(at, BigInt(t + UNIX_US), true);
  view.setInt16(at + 8, x, true);
  view.setInt16(at + 10, y, true);
  view.setUint8(at + 12, p);
});

/** A FlatBuffer whose root has one field, a vector of `count` elements. */
function flat(identifier: string, count: number, elements: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(32));
  [28 + elements.length, 16].forEach((value, i) => head.setUint32(4 * i, value, true));
  new Uint8Array(head.buffer).set(ascii(identifier), 8);
  [6, 8, 4].forEach((value, i) => head.setUint16(12 + 2 * i, value, true));
  [8, 4, count].forEach((value, i) => head.setUint32(20 + 4 * i, value, true));
  return concat([new Uint8Array(head.buffer), elements]);
}

function aedat4Index(entries: readonly { at: number; stream: number; size: number; count: number }[]): Uint8Array {
  const tables = entries.map(({ at, stream, size, count }) => {
    const view = new DataView(new ArrayBuffer(40));
    [10, 28, 4, 12, 20].forEach((value, i) => view.setUint16(2 * i, value, true));
    view.setInt32(12, 12, true);
    view.setBigInt64(16, BigInt(at), true);
    view.setInt32(24, stream, true);
    view.setInt32(28, size, true);
    view.setBigInt64(32, BigInt(count), true);
    return new Uint8Array(view.buffer);
  });
  const offsets = Uint32Array.from(entries, (_, i) => 4 * (entries.length - i) + 40 * i + 12);
  return concat([new Uint8Array(offsets.buffer), ...tables]);
}

const attr = (key: string, value: string): string => `<attr key="${key}" type="string">${value}</attr>`;

function aedat4Header(position: bigint): Uint8Array {
  const info = `<node name="info" path="/">${attr('sizeX', '640')}${attr('sizeY', '480')}</node>`;
  const streams = `<node name="0" path="/">${attr('typeIdentifier', 'EVTS')}${info}</node><node name="1" path="/">${attr('typeIdentifier', 'FRME')}</node>`;
  const xml = ascii(`<dv version="2.0"><node name="outInfo" path="/">${streams}</node></dv>`);
  const head = new DataView(new ArrayBuffer(48));
  [44 + xml.length, 20].forEach((value, i) => head.setUint32(4 * i, value, true));
  new Uint8Array(head.buffer).set(ascii('IOHE'), 8);
  [10, 20, 4, 12, 8].forEach((value, i) => head.setUint16(12 + 2 * i, value, true));
  head.setInt32(24, 12, true);
  head.setInt32(28, 1, true);
  head.setUint32(32, 12, true);
  head.setBigInt64(36, position, true);
  head.setUint32(44, xml.length, true);
  return concat([ascii('#!AER-DAT4.0\r\n'), new Uint8Array(head.buffer), xml]);
}

/** An LZ4 frame of one block that is stored as it is. */
export function lz4Stored(content: Uint8Array): Uint8Array {
  const size = new Uint8Array(Uint32Array.of((content.length | (2 ** 31)) >>> 0).buffer);
  return concat([Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]), size, content, new Uint8Array(4)]);
}

export const zstd = (content: Uint8Array): Uint8Array => Uint8Array.from(zstdCompressSync(content));

export const samples: readonly Sample[] = [
  { name: 'evt3', ...VGA, bytes: evt3, file: raw(['evt 3.0', 'geometry 640x480'], evt3) },
  { name: 'evt2', ...VGA, bytes: evt2, file: raw(['evt 2.0', 'geometry 640x480', 'end'], evt2) },
  { name: 'evt21', ...VGA, bytes: evt21, file: raw(['format EVT21;height=480;width=640'], evt21) },
  {
    name: 'evt21Legacy',
    ...VGA,
    bytes: (rows) => swapHalves(evt21(rows)),
    file: raw(['format EVT21;endianness=legacy;height=480;width=640'], (rows) => swapHalves(evt21(rows))),
  },
  {
    name: 'dat',
    ...VGA,
    bytes: dat,
    file: raw(['Version 2', 'Width 640', 'Height 480'], (rows) => concat([Uint8Array.from([12, 8]), dat(rows)])),
  },
  {
    name: 'dat1',
    width: 304,
    height: 240,
    bytes: dat1,
    file: raw(['Version 1', 'Width 304', 'Height 240'], (rows) => concat([Uint8Array.from([0, 8]), dat1(rows)])),
  },
  { name: 'es-dvs', ...VGA, bytes: esDvs, file: esFile(1, esDvs) },
  { name: 'es-atis', ...VGA, bytes: esAtis, file: esFile(2, esAtis) },
  { name: 'nmnist', width: 34, height: 34, bytes: nmnist, file: nmnist },
  { name: 'libcaer', ...VGA, bytes: libcaer, timeBaseNs: BigInt(UNIX_US) * 1000n + 18n, shiftUs: UNIX_US },
  { name: 'libcaer_cmp', ...VGA, bytes: libcaerCmp, timeBaseNs: BigInt(UNIX_US) * 1000n + 18n, shiftUs: UNIX_US },
  { name: 'mono', ...VGA, bytes: mono, timeBaseNs: BigInt(UNIX_US) * 1000n + 18n, shiftUs: UNIX_US },
  { name: 'dvs_msgs', ...VGA, bytes: dvsMsgs },
  { name: 'event_cd', ...VGA, bytes: eventCd },
  { name: 'aedat4', ...VGA, bytes: aedat4File, file: aedat4File, shiftUs: UNIX_US },
  {
    name: 'aedat3',
    ...VGA,
    bytes: aedat3,
    file: (rows) => concat([ascii('#!AER-DAT3.1\r\n#Source 1: DVXplorer\r\n#!END-HEADER\r\n'), aedat3(rows)]),
  },
  {
    name: 'aedat2',
    width: 346,
    height: 260,
    bytes: aedat2,
    file: (rows) => concat([ascii('#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS346red\r\n'), aedat2(rows)]),
  },
  { name: 'text', ...VGA, bytes: text, file: (rows) => concat([ascii('%geometry:640,480\n'), text(rows)]) },
];
