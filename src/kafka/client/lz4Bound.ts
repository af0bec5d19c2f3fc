/*
  LZ4 frames, little endian: u32 magic 184D2204, u8 flags, u8 size of blocks, [u64 content size], [u32 dictionary], u8 check,
  blocks { u32 size (bit 31: stored as it is), bytes, [u32 check] } up to a size of 0, [u32 content check]; frames may follow each other.
*/
const MAGIC = 0x184d2204;
const HAS_DICTIONARY = 1;
const HAS_CONTENT_CHECK = 4;
const HAS_CONTENT_SIZE = 8;
const HAS_BLOCK_CHECK = 16;

/** No frame unpacks to more bytes than this: blocks say how long they can be. Throws RangeError where the bytes are no frames. */
export function lz4Bound(bytes: Buffer): number {
  let most = 0;
  for (let at = 0; at < bytes.length;) {
    if (bytes.readUInt32LE(at) !== MAGIC) throw new RangeError('no LZ4 frame');
    const flags = bytes.readUInt8(at + 4);
    const largestBlock = 2 ** (8 + 2 * ((bytes.readUInt8(at + 5) >> 4) & 7));
    at += 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0);
    for (let size = bytes.readUInt32LE(at); size !== 0; size = bytes.readUInt32LE(at)) {
      const length = size % 2 ** 31;
      most += size >= 2 ** 31 ? length : largestBlock;
      at += 4 + length + (flags & HAS_BLOCK_CHECK ? 4 : 0);
    }
    at += 4 + (flags & HAS_CONTENT_CHECK ? 4 : 0);
  }
  return most;
}
