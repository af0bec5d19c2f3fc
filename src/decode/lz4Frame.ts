import { lz4Kernel } from './kernels/lz4Kernel.ts';

/*
  LZ4 frame, little endian
    u32 magic 184D2204, u8 flags, u8 block size, [u64 content size], [u32 dictionary], u8 header check
    blocks: u32 size (bit 31: stored as it is), bytes, [u32 check]; a size of 0 ends the frame; [u32 content check]
  LZ4 block: sequences of
    u8 token: literals[7:4], match length - 4 [3:0]; 15 means: add the bytes that follow, up to one below 255
    literals, u16 distance of the match, counted back from the end of the output
  https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
*/

export const LZ4_MAGIC = 0x184d2204;
const HAS_DICTIONARY = 1;
const HAS_CONTENT_CHECK = 4;
const HAS_CONTENT_SIZE = 8;
const HAS_BLOCK_CHECK = 16;

class Malformed extends RangeError {}

/** Where the content of one frame is put together. */
export interface Lz4Room {
  /** Bytes of content that fit. */
  readonly capacity: number;
  /** Makes room for so many bytes of content and keeps those that are there. */
  reserve(capacity: number): void;
  /** Appends a block, `[at, end)` of the frame, to `length` bytes of content; the new length, or 0 where the block is damaged. */
  append(at: number, end: number, length: number): number;
  /** The same for a block that is stored as it is. */
  copy(at: number, end: number, length: number): void;
  /** The content; the caller may keep it. */
  take(length: number): Uint8Array;
}

/**
 * The content of one frame. Throws RangeError where the bytes are no frame, or would grow beyond `limit` bytes.
 * @param makeRoom what unpacks the blocks: a kernel, or the reference in plain JavaScript
 */
export function lz4Frame(bytes: Uint8Array, limit: number, makeRoom: (frame: Uint8Array) => Lz4Room | undefined = lz4Kernel): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== LZ4_MAGIC) throw new Malformed('no LZ4 frame');
  const flags = view.getUint8(4);
  const largestBlock = 2 ** (8 + 2 * ((view.getUint8(5) >> 4) & 7));
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0);
  const announced = flags & HAS_CONTENT_SIZE ? view.getUint32(6, true) + view.getUint32(10, true) * 2 ** 32 : bytes.length * 3;
  const room = makeRoom(bytes) ?? plainRoom(bytes);
  room.reserve(Math.min(announced, limit));
  let length = 0;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const stored = size >= 2 ** 31;
    const end = at + (size % 2 ** 31);
    if (end > bytes.length) throw new Malformed('an LZ4 block ends after its frame');
    const needed = length + (stored ? end - at : largestBlock);
    // A frame that announces its size needs no more than that; one that does not is given room as it grows.
    if (!(flags & HAS_CONTENT_SIZE) && needed > room.capacity) room.reserve(Math.min(Math.max(needed, room.capacity * 2), limit));
    if (!stored) {
      const next = room.append(at, end, length);
      if (next === 0 && end > at) throw new Malformed('a damaged LZ4 block');
      length = Math.max(length, next);
    } else if (length + end - at > room.capacity) throw new Malformed('LZ4 content beyond its limit');
    else {
      room.copy(at, end, length);
      length += end - at;
    }
    at = end + (flags & HAS_BLOCK_CHECK ? 4 : 0);
  }
  const rest = bytes.length - at - (flags & HAS_CONTENT_CHECK ? 4 : 0);
  if (rest < 0) throw new Malformed('an LZ4 frame ends too early');
  return room.take(length);
}

/** The reference. */
export function plainRoom(frame: Uint8Array): Lz4Room {
  let out = new Uint8Array(0);
  return {
    get capacity() {
      return out.length;
    },
    reserve(capacity) {
      const more = new Uint8Array(capacity);
      more.set(out.subarray(0, capacity));
      out = more;
    },
    append: (at, end, length) => lz4Block(frame, at, end, out, length),
    copy: (at, end, length) => out.set(frame.subarray(at, end), length),
    take: (length) => out.subarray(0, length),
  };
}

/** Appends the content of the block in `bytes[at, end)` to `out`, whose first `length` bytes it may refer to; the new length, or 0. */
function lz4Block(bytes: Uint8Array, at: number, end: number, out: Uint8Array, length: number): number {
  let i = at;
  let n = length;
  while (i < end) {
    const token = bytes[i++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more;
      do {
        if (i >= end) return 0;
        more = bytes[i++]!;
        literals += more;
      } while (more === 255);
    }
    if (i + literals > end || n + literals > out.length) return 0;
    for (const stop = i + literals; i < stop;) out[n++] = bytes[i++]!;
    if (i >= end) break;
    const distance = bytes[i]! | ((bytes[i + 1] ?? 0) << 8);
    i += 2;
    let match = (token & 15) + 4;
    if (match === 19) {
      let more;
      do {
        if (i >= end) return 0;
        more = bytes[i++]!;
        match += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > n || n + match > out.length) return 0;
    for (let from = n - distance, stop = n + match; n < stop;) out[n++] = out[from++]!;
  }
  return n;
}
