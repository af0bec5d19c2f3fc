/*
  PNG (W3C PNG, third edition):
    file   = 89 'PNG' 0D 0A 1A 0A, chunk IHDR, [chunk PLTE], chunk IDAT, chunk IEND
    chunk  = length:u32be type:4 data crc32(type data):u32be
    IHDR   = width:u32be height:u32be depth:u8 colourType:u8 0 0 0      colour types: 0 grey, 2 RGB, 3 palette
    IDAT   = zlib of rows, each with its filter first: 0 none, 1 difference to the pixel on the left
*/
import { promisify } from 'node:util';
import { constants, crc32, deflate, deflateSync } from 'node:zlib';
import type { Pixels } from '../renderer.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const GREY = 0;
const RGB = 2;
const PALETTE = 3;
/** Runs only: the search for other matches depends on the processor's hash instructions, and a frame is identified by its bytes. */
const ZLIB = { level: 3, strategy: constants.Z_RLE };
/** Pictures with fewer bytes than this are compressed on this thread: another thread would not be faster. */
const SMALL = 1 << 16;

const deflateInThreadPool = promisify(deflate) as (bytes: Uint8Array, options: typeof ZLIB) => Promise<Buffer>;

/**
 * The pixels as PNG, without loss. Event frames have few colours, which become a palette, and long runs of background:
 * a tenth of what a general encoder costs for a small picture, and about half of its bytes. The same pixels give the
 * same bytes on every machine.
 */
export async function png(pixels: Pixels): Promise<Buffer> {
  const { colourType, rows, palette } = layoutOf(pixels);
  const data = rows.length < SMALL ? deflateSync(rows, ZLIB) : await deflateInThreadPool(rows, ZLIB);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels.width, 0);
  header.writeUInt32BE(pixels.height, 4);
  header[8] = 8;
  header[9] = colourType;
  const chunks = [chunk('IHDR', header), ...(palette ? [chunk('PLTE', palette)] : []), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

interface Layout {
  readonly colourType: number;
  readonly rows: Uint8Array;
  readonly palette?: Uint8Array;
}

function layoutOf({ width, height, channels, data }: Pixels): Layout {
  if (channels === 1) return { colourType: GREY, rows: greyRows(data, width, height) };
  return indexed(data, width, height) ?? { colourType: RGB, rows: differences(data, width, height) };
}

function greyRows(data: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return rows;
}

/** Open addressing: the colour in each slot, or none, and its place in the palette. */
const slots = new Int32Array(4096).fill(-1);
const places = new Uint8Array(4096);

/** Rows of places in a palette, in order of their first pixel; undefined where there are more than 256 colours. */
function indexed(data: Uint8Array, width: number, height: number): Layout | undefined {
  const rows = new Uint8Array(height * (width + 1));
  const palette: number[] = [];
  const used: number[] = [];
  let before = -1;
  let place = 0;
  let out = 0;
  let at = 0;
  try {
    for (let y = 0; y < height; y++) {
      out++;
      for (let x = 0; x < width; x++, at += 3) {
        const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
        if (colour !== before) {
          let slot = Math.imul(colour, 0x9e3779b1) >>> 20;
          while (slots[slot] !== colour && slots[slot] !== -1) slot = (slot + 1) & 4095;
          if (slots[slot] === -1) {
            if (used.length === 256) return undefined;
            slots[slot] = colour;
            places[slot] = used.length;
            used.push(slot);
            palette.push(data[at]!, data[at + 1]!, data[at + 2]!);
          }
          before = colour;
          place = places[slot]!;
        }
        rows[out++] = place;
      }
    }
  } finally {
    for (const slot of used) slots[slot] = -1;
  }
  return { colourType: PALETTE, rows, palette: Uint8Array.from(palette) };
}

/** Each byte less the one of the pixel on its left: what is flat becomes a run. */
function differences(data: Uint8Array, width: number, height: number): Uint8Array {
  const bytes = width * 3;
  const rows = new Uint8Array(height * (bytes + 1));
  for (let y = 0; y < height; y++) {
    const from = y * bytes;
    let out = y * (bytes + 1);
    rows[out++] = 1;
    for (let i = 0; i < bytes; i++) rows[out++] = i < 3 ? data[from + i]! : data[from + i]! - data[from + i - 3]!;
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
