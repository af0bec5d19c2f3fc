import { zstdDecompressSync } from 'node:zlib';
import bunzip from 'seek-bzip';
import { lz4Frame } from '../../../../decode/lz4Frame.ts';

/** Larger chunks are damage: recorders write some megabytes. */
const LARGEST_CHUNK = 2 ** 30;

const bounded = (size: number): number => {
  if (size > LARGEST_CHUNK) throw new RangeError(`a chunk of ${size} bytes is larger than any recorder writes`);
  return size;
};

/** The ways in which bags and MCAP files pack their chunks, by the names they give them. Each throws where the bytes are damaged. */
export const unpackChunk = {
  lz4: (packed: Uint8Array, size: number): Uint8Array => lz4Frame(packed, bounded(size)),
  zstd: (packed: Uint8Array, size: number): Uint8Array => zstdDecompressSync(packed, { maxOutputLength: bounded(size) }),
  bz2: (packed: Uint8Array, size: number): Uint8Array => bunzip.decode(Buffer.from(packed), bounded(size)),
};
