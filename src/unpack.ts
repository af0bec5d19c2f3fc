import { inflateSync, zstdDecompressSync, type ZlibOptions } from 'node:zlib';

type Unpack = (packed: Uint8Array, limitBytes: number, expectedBytes?: number) => Buffer;

const USUAL_BYTES = 2 ** 16;

/** Node stops at the limit while it unpacks: a bomb costs no more than what was allowed. */
const bounded =
  (unpackSync: (packed: Uint8Array, options: Pick<ZlibOptions, 'maxOutputLength' | 'chunkSize'>) => Buffer): Unpack =>
  (packed, limitBytes, expectedBytes = 0) => {
    try {
      // In one piece where the length is known: pieces are joined, and need the memory twice.
      return unpackSync(packed, { maxOutputLength: Math.max(1, limitBytes), chunkSize: Math.max(USUAL_BYTES, expectedBytes + 1) });
    } catch (error) {
      throw isTooLarge(error) ? new RangeError(beyond(packed.length, limitBytes), { cause: error }) : error;
    }
  };

/** Whether node:zlib stopped at its `maxOutputLength`. */
export const isTooLarge = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/** What is said of bytes that would unpack to more than they may. */
export const beyond = (packedBytes: number, limitBytes: number): string =>
  `${packedBytes} bytes unpack to more than the ${limitBytes} that they may`;

/** Bytes of others, unpacked up to a limit in bytes; `expectedBytes` where their length is known. Each throws RangeError beyond the limit, and an error where the bytes are damaged. */
export const unpack = {
  deflate: bounded(inflateSync),
  zstd: bounded(zstdDecompressSync),
} as const satisfies Record<string, Unpack>;
