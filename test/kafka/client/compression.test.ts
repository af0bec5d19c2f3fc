import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame } from 'lz4-napi';
import { describe, expect, it } from 'vitest';
import { UNPACKED_BATCH_BYTES, compressionType, registerCodecs } from '../../../src/kafka/client/compression.ts';

registerCodecs();
type Codec = { compress(encoder: { buffer: Buffer }): Promise<Buffer>; decompress(buffer: Buffer): Promise<Buffer> };
const codecs = kafkajs.CompressionCodecs as unknown as Readonly<Record<number, () => Codec>>;
const codec = (name: 'gzip' | 'snappy' | 'lz4' | 'zstd'): Codec => codecs[compressionType(name)]!();

const zeros = Buffer.alloc(UNPACKED_BATCH_BYTES + 2 ** 22);
const xerial = (...blocks: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]), ...blocks]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

describe('codecs of batches', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('%s gives back what it packed', async (name) => {
    const buffer = Buffer.from('saccade '.repeat(30_000));
    expect((await codec(name).decompress(await codec(name).compress({ buffer }))).equals(buffer)).toBe(true);
  });

  it.each([
    ['gzip', async () => gzipSync(zeros)],
    ['zstd', async () => zstdCompressSync(zeros)],
    ['zstd', async () => Buffer.concat(Array.from({ length: 20 }, () => zstdCompressSync(zeros.subarray(0, 2 ** 22))))],
    ['lz4', () => compressFrame(zeros)],
    ['lz4', async () => Buffer.concat(await Promise.all(Array.from({ length: 20 }, () => compressFrame(zeros.subarray(0, 2 ** 22)))))],
    ['snappy', () => codec('snappy').compress({ buffer: zeros })],
    ['snappy', async () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0])],
    ['snappy', async () => xerial(int32(7), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]))],
  ] as const)('%s refuses a bomb by what it unpacks to (issue 11)', async (name, bomb) => {
    await expect(codec(name).decompress(await bomb())).rejects.toThrow(/unpack to more than the 67108864/);
  });

  it("leaves no other way to kafkajs's own gzip, which has no bound (issue 11)", async () => {
    const own = createRequire(import.meta.url)('kafkajs/src/protocol/message/compression/gzip.js') as Codec;
    await expect(own.decompress(gzipSync(zeros))).rejects.toThrow(/unpack to more than the 67108864/);
  });

  it('does not wait for a Snappy block of a length below 0 (issue 11)', async () => {
    await expect(codec('snappy').decompress(xerial(int32(-4), Buffer.alloc(20)))).rejects.toThrow();
  });
});
