import { crc32, inflateSync } from 'node:zlib';

/** Rows of RGB from the top. */
export interface SmallImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const TYPES = { IHDR: 0x49484452, PLTE: 0x504c5445, IDAT: 0x49444154, IEND: 0x49454e44 };
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1 };

/**
 * Reads PNGs of the kind that event frames are (8 bits, no alpha, no interlacing, filters 0 and 1), of at most `most` pixels
 * a side. undefined for all others, intact or damaged: a general decoder reads those. For a small image the call of one
 * costs ten times as much.
 */
export function readSmallPng(bytes: Uint8Array, most: number): SmallImage | undefined {
  const chunks = chunksOf(bytes);
  const header = chunks?.get(TYPES.IHDR);
  const packed = chunks?.get(TYPES.IDAT);
  if (!header || header.length !== 13 || !packed || !chunks?.has(TYPES.IEND)) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const channels = CHANNELS[header[9]!];
  const isPlain = header[8] === 8 && header[10] === 0 && header[11] === 0 && header[12] === 0;
  if (!isPlain || channels === undefined || width === 0 || height === 0 || Math.max(width, height) > most) return undefined;
  const rows = inflated(packed, height * (width * channels + 1));
  if (!rows || !unfilter(rows, width * channels, height, channels)) return undefined;
  const data = header[9] === 2 ? withoutFilters(rows, width * 3, height) : coloured(rows, width, height, chunks.get(TYPES.PLTE));
  return data && { width, height, data };
}

/** The chunks by type; undefined where one is damaged, unknown or there twice. */
function chunksOf(bytes: Uint8Array): Map<number, Uint8Array> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 45 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined;
  const chunks = new Map<number, Uint8Array>();
  for (let at = 8; at < bytes.length;) {
    if (at + 12 > bytes.length) return undefined;
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const end = at + 8 + length;
    if (end + 4 > bytes.length || chunks.has(type) || !Object.values(TYPES).includes(type)) return undefined;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) return undefined;
    chunks.set(type, bytes.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

function inflated(packed: Uint8Array, length: number): Uint8Array | undefined {
  try {
    const rows = inflateSync(packed, { maxOutputLength: length, chunkSize: Math.max(64, length) });
    return rows.length === length ? rows : undefined;
  } catch {
    return undefined;
  }
}

/** In place; false where a row has another filter than none and the difference to the left. */
function unfilter(rows: Uint8Array, rowBytes: number, height: number, channels: number): boolean {
  for (let y = 0; y < height; y++) {
    const first = y * (rowBytes + 1);
    if (rows[first]! > 1) return false;
    if (rows[first] === 1) for (let i = first + 1 + channels; i <= first + rowBytes; i++) rows[i] = rows[i]! + rows[i - channels]!;
  }
  return true;
}

function withoutFilters(rows: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const data = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) data.set(rows.subarray(y * (rowBytes + 1) + 1, (y + 1) * (rowBytes + 1)), y * rowBytes);
  return data;
}

/** Grey where there is no palette; undefined where a pixel has no colour. */
function coloured(rows: Uint8Array, width: number, height: number, palette: Uint8Array | undefined): Uint8Array | undefined {
  const data = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = rows[y * (width + 1) + 1 + x]!;
      if (palette && value * 3 + 2 >= palette.length) return undefined;
      data[at++] = palette ? palette[value * 3]! : value;
      data[at++] = palette ? palette[value * 3 + 1]! : value;
      data[at++] = palette ? palette[value * 3 + 2]! : value;
    }
  }
  return data;
}
