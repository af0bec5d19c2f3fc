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

/** The content of one frame. Throws RangeError where the bytes are no frame, or would grow beyond `limit` bytes. */
export function lz4Frame(bytes: Uint8Array, limit: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== LZ4_MAGIC) throw new Malformed('no LZ4 frame');
  const flags = view.getUint8(4);
  const largestBlock = 2 ** (8 + 2 * ((view.getUint8(5) >> 4) & 7));
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0);
  const told = flags & HAS_CONTENT_SIZE ? view.getUint32(6, true) + view.getUint32(10, true) * 2 ** 32 : bytes.length * 3;
  let out = new Uint8Array(Math.min(told, limit));
  let length = 0;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const stored = size >= 2 ** 31;
    const end = at + (size % 2 ** 31);
    if (end > bytes.length) throw new Malformed('an LZ4 block ends behind its frame');
    const needed = length + (stored ? end - at : largestBlock);
    // A frame that tells its size needs no more than that; one that does not is given room as it grows.
    if (!(flags & HAS_CONTENT_SIZE) && needed > out.length) out = grown(out, length, Math.min(Math.max(needed, out.length * 2), limit));
    if (stored) {
      out.set(bytes.subarray(at, end), length);
      length += end - at;
    } else length = lz4Block(bytes, at, end, out, length);
    at = end + (flags & HAS_BLOCK_CHECK ? 4 : 0);
  }
  const rest = bytes.length - at - (flags & HAS_CONTENT_CHECK ? 4 : 0);
  if (rest < 0) throw new Malformed('an LZ4 frame ends too early');
  return out.subarray(0, length);
}

/** Appends the content of the block in `bytes[at, end)` to `out`, whose first `length` bytes it may refer to; the new length. */
export function lz4Block(bytes: Uint8Array, at: number, end: number, out: Uint8Array, length: number): number {
  let i = at;
  let n = length;
  while (i < end) {
    const token = bytes[i++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more;
      do {
        if (i >= end) throw new Malformed('an LZ4 length ends behind its block');
        more = bytes[i++]!;
        literals += more;
      } while (more === 255);
    }
    if (i + literals > end || n + literals > out.length) throw new Malformed('LZ4 literals end behind their block');
    if (literals < 32) for (const stop = i + literals; i < stop;) out[n++] = bytes[i++]!;
    else {
      out.set(bytes.subarray(i, i + literals), n);
      i += literals;
      n += literals;
    }
    if (i >= end) break;
    const distance = bytes[i]! | ((bytes[i + 1] ?? 0) << 8);
    i += 2;
    let match = (token & 15) + 4;
    if (match === 19) {
      let more;
      do {
        if (i >= end) throw new Malformed('an LZ4 length ends behind its block');
        more = bytes[i++]!;
        match += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > n || n + match > out.length) throw new Malformed('an LZ4 match lies outside the content');
    if (distance >= match && match >= 32) {
      out.copyWithin(n, n - distance, n - distance + match);
      n += match;
    } else for (let from = n - distance, stop = n + match; n < stop;) out[n++] = out[from++]!;
  }
  return n;
}

function grown(from: Uint8Array, length: number, room: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(room);
  more.set(from.subarray(0, length));
  return more;
}
