/*
  ECF, the filter 36559 of Prophesee's HDF5 files: one chunk of CD events, little endian
    u32 count[31:2], all packed[1], x and polarity packed[0]
    times: u64 first; bytes { t[7:4], c[3:0] }
      t < 15: the time advances by t and is that of c events; c = 15: of as many as the next u16 says
      t = 15: the time advances by a number in base 16 whose digits are c of this byte and of the following ones with t = 15, lowest first
    all packed: 4 events in 3 u32, 24 bits each: y[22:12], x[11:1], polarity[0]
    else y: u16 { y[15:5], c[4:0] }, of c events; c = 31: of as many as the next u16 says
      x and polarity packed: 4 events in 3 u16, 12 bits each: x[11:1], polarity[0]
      else x: u16 { x[15:5], mask[4:0] }: an event at x, and at x + 1 + j for each bit 4 - j
      and polarity: u8 { polarity[7], c[6:0] }, of c events; c = 127: of as many as the next u16 says
*/

/** Bytes of an event as the file lays it out: u16 x, u16 y, i16 polarity, 2 unused, i64 t. */
export const EVENT_BYTES = 16;
const MOST_EVENTS = 65_536;

interface Cursor {
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
}

/** Reads numbers in turn. Reading beyond the end throws RangeError. */
function makeCursor(bytes: Uint8Array): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = (size: number): number => {
    at += size;
    return at - size;
  };
  return {
    u8: () => view.getUint8(next(1)),
    u16: () => view.getUint16(next(2), true),
    u32: () => view.getUint32(next(4), true),
    u64: () => Number(view.getBigUint64(next(8), true)),
  };
}

/** The events of one chunk, 16 bytes each. Throws RangeError where the bytes are damaged. */
export function unpackEcf(bytes: Uint8Array): Uint8Array {
  const cursor = makeCursor(bytes);
  const head = cursor.u32();
  const count = head >>> 2;
  if (count > MOST_EVENTS) throw new RangeError(`an ECF chunk of ${count} events`);
  const out = new DataView(new ArrayBuffer(count * EVENT_BYTES));
  readTimes(cursor, count, out);
  if ((head & 2) !== 0) readPacked(cursor, count, out);
  else {
    readRuns(cursor, count, readY, (i, y) => out.setUint16(i * EVENT_BYTES + 2, y, true));
    if ((head & 1) !== 0) readPackedX(cursor, count, out);
    else {
      readMaskedX(cursor, count, out);
      readRuns(cursor, count, readPolarity, (i, p) => out.setInt16(i * EVENT_BYTES + 4, p, true));
    }
  }
  return new Uint8Array(out.buffer);
}

function readTimes(cursor: Cursor, count: number, out: DataView): void {
  let t = cursor.u64();
  let [wait, digit] = [0, 0];
  for (let i = 0; i < count;) {
    const byte = cursor.u8();
    const [step, low] = [byte >> 4, byte & 15];
    if (step === 15) {
      wait += low * 16 ** digit++;
      if (digit > 13) throw new RangeError('an ECF time of too many digits');
      continue;
    }
    t += wait + step;
    [wait, digit] = [0, 0];
    const run = low === 15 ? cursor.u16() : low;
    if (i + run > count || !Number.isSafeInteger(t)) throw new RangeError('ECF times run over their chunk');
    for (const end = i + run; i < end; i++) {
      out.setUint32(i * EVENT_BYTES + 8, t % 2 ** 32, true);
      out.setUint32(i * EVENT_BYTES + 12, Math.floor(t / 2 ** 32), true);
    }
  }
}

const put = (out: DataView, i: number, x: number, p: number): void => {
  out.setUint16(i * EVENT_BYTES, x, true);
  out.setInt16(i * EVENT_BYTES + 4, p, true);
};

function readPacked(cursor: Cursor, count: number, out: DataView): void {
  for (let i = 0; i < count; i += 4) {
    // The last group is read as far as there are events in it.
    const left = count - i;
    const w0 = cursor.u32();
    const w1 = left > 1 ? cursor.u32() : 0;
    const w2 = left > 2 ? cursor.u32() : 0;
    const values = [w0 >>> 8, (w0 & 0xff) | ((w1 >>> 16) << 8), (w1 & 0xffff) | ((w2 >>> 24) << 16), w2 & 0xffffff];
    for (let j = 0; j < Math.min(4, left); j++) {
      const value = values[j]!;
      put(out, i + j, (value >> 1) & 0x7ff, value & 1);
      out.setUint16((i + j) * EVENT_BYTES + 2, (value >> 12) & 0x7ff, true);
    }
  }
}

function readPackedX(cursor: Cursor, count: number, out: DataView): void {
  for (let i = 0; i < count; i += 4) {
    const left = count - i;
    const w0 = cursor.u16();
    const w1 = left > 1 ? cursor.u16() : 0;
    const w2 = left > 2 ? cursor.u16() : 0;
    const values = [w0 >> 4, (w0 & 15) | ((w1 >> 8) << 4), (w1 & 255) | ((w2 >> 12) << 8), w2 & 0xfff];
    for (let j = 0; j < Math.min(4, left); j++) put(out, i + j, values[j]! >> 1, values[j]! & 1);
  }
}

function readMaskedX(cursor: Cursor, count: number, out: DataView): void {
  for (let i = 0; i < count;) {
    const word = cursor.u16();
    const x = word >> 5;
    put(out, i++, x, 0);
    for (let j = 0; j < 5 && i < count; j++) if ((word >> (4 - j)) & 1) put(out, i++, x + 1 + j, 0);
  }
}

const readY = (cursor: Cursor): readonly [value: number, count: number] => {
  const word = cursor.u16();
  const run = word & 31;
  return [word >> 5, run === 31 ? cursor.u16() : run];
};

const readPolarity = (cursor: Cursor): readonly [value: number, count: number] => {
  const byte = cursor.u8();
  const run = byte & 127;
  return [byte >> 7, run === 127 ? cursor.u16() : run];
};

function readRuns(
  cursor: Cursor,
  count: number,
  next: (cursor: Cursor) => readonly [number, number],
  set: (i: number, value: number) => void,
): void {
  for (let i = 0; i < count;) {
    const [value, run] = next(cursor);
    if (i + run > count) throw new RangeError('ECF runs over its chunk');
    for (const end = i + run; i < end; i++) set(i, value);
  }
}
