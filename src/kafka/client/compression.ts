/*
  Compression of Kafka record batches. kafkajs has gzip, without a bound; the others are added to it here. What unpacks to more
  than `unpackedBatchBytes` is refused, before or while it is unpacked: 131 KB of Zstandard can be 4 GiB.

    snappy = xerial framing, as the Java client writes it:
             82 'SNAPPY' 00 | version (int32) | oldest version that reads it (int32) | { length (int32) | raw snappy block }*
             Readers also meet one raw snappy block without framing (librdkafka).
    lz4    = LZ4 frame (magic 04 22 4D 18)
    zstd   = Zstandard frame, by node:zlib
*/
import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import snappy from 'snappy';
import { beyond, isTooLarge } from '../../unpack.ts';
import { lz4Bound } from './lz4Bound.ts';

/** The names of compressions in options. */
export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

/** kafkajs's number for a compression. */
export const compressionType = (compression: Compression): kafkajs.CompressionTypes => typeOf[compression];

const { CompressionCodecs, CompressionTypes } = kafkajs;
const typeOf = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

/** What a batch may unpack to where no connection says so. */
export const UNPACKED_BATCH_BYTES = 2 ** 26;
let limitBytes = UNPACKED_BATCH_BYTES;
let isLimitGiven = false;

/** kafkajs has one table of codecs for all connections of a process: of the limits that connections give, the largest counts. */
export function limitUnpacked(bytes: number): void {
  limitBytes = isLimitGiven ? Math.max(limitBytes, bytes) : bytes;
  isLimitGiven = true;
}

const XERIAL_MAGIC = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0]);
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);

async function compressSnappy({ buffer }: { buffer: Buffer }): Promise<Buffer> {
  const block = await snappy.compress(buffer);
  const length = Buffer.alloc(4);
  length.writeInt32BE(block.length);
  return Buffer.concat([XERIAL_HEADER, length, block]);
}

async function decompressSnappy(buffer: Buffer): Promise<Buffer> {
  if (!buffer.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return rawSnappy(buffer);
  const blocks: Buffer[] = [];
  let length = 0;
  for (let at = XERIAL_HEADER.length; at < buffer.length;) {
    const start = at + 4;
    at = start + buffer.readUInt32BE(at);
    const block = await rawSnappy(buffer.subarray(start, at), limitBytes - length);
    length += block.length;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

/** A block begins with the length that it unpacks to, for which room is made at once. */
async function rawSnappy(block: Buffer, most = limitBytes): Promise<Buffer> {
  if (snappyLength(block) > most) throw new RangeError(beyond(block.length, limitBytes));
  return (await snappy.uncompress(block, { asBuffer: true })) as Buffer;
}

/** A number in groups of 7 bits, lowest first. */
function snappyLength(block: Buffer): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i] ?? 0;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return length;
  }
  return Infinity;
}

async function decompressLz4(buffer: Buffer): Promise<Buffer> {
  if (lz4Bound(buffer) > limitBytes) throw new RangeError(beyond(buffer.length, limitBytes));
  return decompressFrame(buffer);
}

/** Below this many bytes, moving the work to another thread costs several times the work. */
const SMALL = 1 << 16;
const zstdOnThread = promisify(zstdCompress);
const unzstdOnThread = promisify(zstdDecompress);
const gzipOnThread = promisify(gzip);
const gunzipOnThread = promisify(gunzip);

/** If it knows the size, zstd allocates no larger tables than it needs. */
const zstd = (buffer: Buffer): Buffer | Promise<Buffer> =>
  (buffer.length < SMALL ? zstdCompressSync : zstdOnThread)(buffer, { pledgedSrcSize: buffer.length });
const unzstd = (buffer: Buffer): Buffer | Promise<Buffer> =>
  (buffer.length < SMALL / 8 ? zstdDecompressSync : unzstdOnThread)(buffer, { maxOutputLength: limitBytes });

/** Says what node:zlib means where it stops at the limit. */
const bounded =
  (decompress: (buffer: Buffer) => Buffer | Promise<Buffer>) =>
  async (buffer: Buffer): Promise<Buffer> => {
    try {
      return await decompress(buffer);
    } catch (error) {
      throw isTooLarge(error) ? new RangeError(beyond(buffer.length, limitBytes), { cause: error }) : error;
    }
  };

let isRegistered = false;

/** Adds the codecs that kafkajs lacks to its table of codecs, and a gzip with a bound. */
export function registerCodecs(): void {
  if (isRegistered) return;
  isRegistered = true;
  // In kafkajs's own object, so that no way to it is without the bound.
  const kafkajsGzip = CompressionCodecs[CompressionTypes.GZIP]() as object;
  Object.assign(kafkajsGzip, {
    compress: ({ buffer }: { buffer: Buffer }) => gzipOnThread(buffer),
    decompress: bounded((buffer) => gunzipOnThread(buffer, { maxOutputLength: limitBytes })),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress: compressSnappy, decompress: decompressSnappy });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compressFrame(buffer),
    decompress: decompressLz4,
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstd(buffer),
    decompress: bounded(unzstd),
  });
}
