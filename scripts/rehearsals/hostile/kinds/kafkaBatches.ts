import type { HostileCase } from '../hostileCase.ts';
import { moduleCommand } from '../hostileCase.ts';

/** Unpacks what `make` makes, as kafkajs does. */
const codec = (name: string, kind: string, make: string): HostileCase => ({
  name,
  prepare: async () =>
    moduleCommand(`import { createRequire } from 'node:module';
      import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
      import { compressionType, registerCodecs } from 'src/kafka/client/compression.ts';
      const require = createRequire('src/kafka/client/compression.ts');
      const { CompressionCodecs } = require('kafkajs');
      registerCodecs();
      const bomb = await (async () => { ${make} })();
      await CompressionCodecs[compressionType('${kind}')]().decompress(bomb).then(
        (out) => console.log('unpacked', out.length),
        (error) => console.log(bomb.length, 'bytes:', error.message),
      );`),
  exitCode: 0,
  message: /unpack to more than the 67108864 that they may/,
});

const REPEATED = `const part = pack(Buffer.alloc(2 ** 24)); return Buffer.concat(Array.from({ length: 256 }, () => part));`;

/** Batches of Kafka that are small, and unpack to gigabytes. */
export const cases: readonly HostileCase[] = [
  codec('Zstandard: 4 GiB', 'zstd', `const pack = zstdCompressSync; ${REPEATED}`),
  codec('gzip: 4 GiB', 'gzip', `const pack = gzipSync; ${REPEATED}`),
  codec('LZ4: 4 GiB', 'lz4', `const pack = require('lz4-napi').compressFrameSync; ${REPEATED}`),
  codec('Snappy: a block that declares 4 GiB', 'snappy', 'return Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]);'),
];
