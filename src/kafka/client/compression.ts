/*
  Compression of Kafka record batches. kafkajs has gzip; the others are added to it here.

    snappy = xerial framing, as the Java client writes it:
             82 'SNAPPY' 00 | version (int32) | oldest version that reads it (int32) | { length (int32) | raw snappy block }*
             Readers also meet one raw snappy block without framing (librdkafka).
    lz4    = LZ4 frame (magic 04 22 4D 18)
    zstd   = Zstandard frame, by node:zlib
*/
import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import snappy from 'snappy';

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
  for (let at = XERIAL_HEADER.length; at < buffer.length;) {
    const start = at + 4;
    at = start + buffer.readInt32BE(at);
    blocks.push(await rawSnappy(buffer.subarray(start, at)));
  }
  return Buffer.concat(blocks);
}

const rawSnappy = async (block: Buffer): Promise<Buffer> => (await snappy.uncompress(block, { asBuffer: true })) as Buffer;

/** Below this many bytes, moving the work to another thread costs several times the work. */
const SMALL = 1 << 16;
const zstdOnThread = promisify(zstdCompress);
const unzstdOnThread = promisify(zstdDecompress);

/** If it knows the size, zstd allocates no larger tables than it needs. */
const zstd = (buffer: Buffer): Buffer | Promise<Buffer> =>
  (buffer.length < SMALL ? zstdCompressSync : zstdOnThread)(buffer, { pledgedSrcSize: buffer.length });
const unzstd = (buffer: Buffer): Buffer | Promise<Buffer> => (buffer.length < SMALL / 8 ? zstdDecompressSync : unzstdOnThread)(buffer);

let isRegistered = false;

/** Adds the codecs that kafkajs lacks to its table of codecs. */
export function registerCodecs(): void {
  if (isRegistered) return;
  isRegistered = true;
  CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress: compressSnappy, decompress: decompressSnappy });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compressFrame(buffer),
    decompress: (buffer: Buffer) => decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstd(buffer),
    decompress: async (buffer: Buffer) => unzstd(buffer),
  });
}
