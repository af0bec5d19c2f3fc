import { lz4Frame } from '../../../../decode/lz4Frame.ts';
import { unpack } from '../../../../unpack.ts';
import type { RandomAccess } from '../../container.ts';
import { bzip2 } from './bzip2.ts';

/**
 * The ways in which bags and MCAP files pack their chunks, by the names they give them. `size` is what the chunk says that it
 * unpacks to: no more is unpacked. Each throws where the bytes are damaged, or the file claims too much.
 */
export const unpackChunk = (file: Pick<RandomAccess, 'claim'>) => {
  const claimed =
    (how: (packed: Uint8Array, size: number) => Uint8Array) =>
    (packed: Uint8Array, size: number): Uint8Array => {
      file.claim(size);
      return how(packed, size);
    };
  return {
    lz4: claimed(lz4Frame),
    zstd: claimed((packed, size) => unpack.zstd(packed, size, size)),
    bz2: claimed(bzip2),
  };
};
