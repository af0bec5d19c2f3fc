import type { FileHandle } from 'node:fs/promises';
import type { ContainedPacket, RandomAccess } from './container.ts';
import type { CheckedFileLimits } from './fileLimits.ts';
import { unreadable } from './openRecordingFile.ts';

/** What any file may cost, however small it is. */
const FREE_READS = 20_000;
const FREE_READ_BYTES = 2 ** 25;
const FREE_UNPACKED_BYTES = 2 ** 28;
/** No reader needs every byte of a file more often. */
const MOST_PASSES = 4;
/** No structure that is read for itself is shorter on average. */
const BYTES_PER_READ = 64;

/**
 * A file as a container's reader gets it. Its parts may point to each other in a circle, or claim any size: so what the
 * reader reads and unpacks in all is bounded by the length of the file, whichever reader it is.
 */
export function boundedFile(handle: FileHandle, path: string, size: number, limits: CheckedFileLimits): RandomAccess {
  let reads = 0;
  let readBytes = 0;
  let unpackedBytes = 0;
  return {
    path,
    size,
    limits,
    async read(offset, length) {
      if (!(offset >= 0) || !(length >= 0)) throw new RangeError(`it points to ${length} bytes at ${offset}`);
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (wanted > limits.chunkBytes) throw beyondChunk(path, `one piece of ${wanted} bytes at ${offset}`, limits);
      reads++;
      readBytes += wanted;
      if (reads > FREE_READS + size / BYTES_PER_READ || readBytes > FREE_READ_BYTES + MOST_PASSES * size)
        throw unreadable(
          path,
          `its parts point to each other in a circle: ${reads} reads of ${readBytes} bytes in all, in a file of ${size}; it is damaged`,
        );
      const bytes = new Uint8Array(wanted);
      const { bytesRead } = await handle.read(bytes, 0, wanted, offset);
      return bytes.subarray(0, bytesRead);
    },
    claim(bytes) {
      if (bytes > limits.chunkBytes) throw beyondChunk(path, `a chunk that unpacks to ${bytes} bytes`, limits);
      unpackedBytes += bytes;
      if (unpackedBytes > mostOf(size, limits)) throw beyondGrowth(path, `unpacks to ${unpackedBytes} bytes and more`, size, limits);
    },
  };
}

/** The packets of a container, as many and as large as can be in the file. */
export async function* boundedPackets(
  packets: AsyncIterable<ContainedPacket>,
  { path, size, limits }: RandomAccess,
): AsyncGenerator<ContainedPacket> {
  let count = 0;
  let bytes = 0;
  for await (const packet of packets) {
    count++;
    bytes += packet.bytes.byteLength;
    if (count > FREE_READS + size || bytes > mostOf(size, limits))
      throw beyondGrowth(path, `gives ${count} packets of ${bytes} bytes and more`, size, limits);
    yield packet;
  }
}

const mostOf = (size: number, { growth }: CheckedFileLimits): number => FREE_UNPACKED_BYTES + growth * size;

const beyondChunk = (path: string, what: string, { chunkBytes }: CheckedFileLimits) =>
  unreadable(path, `it holds ${what}, more than limits.chunkBytes, ${chunkBytes}; raise that if you trust the file`);

const beyondGrowth = (path: string, what: string, size: number, { growth }: CheckedFileLimits) =>
  unreadable(path, `the file of ${size} bytes ${what}, more than limits.growth, ${growth}, allows; raise that if you trust the file`);
