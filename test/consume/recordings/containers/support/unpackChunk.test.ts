import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackChunk } from '../../../../../src/consume/recordings/containers/support/unpackChunk.ts';

/** Made by bzip2 1.0.8 from 50 times the word. */
const PACKED = '425a68393141592653598d45d9520000ae81802e000800200030cd0052a699a8b08b08be8b5170bb9229c284846a2eca90';

const claims: number[] = [];
const unpack = unpackChunk({
  claim(bytes) {
    if (bytes > 2 ** 20) throw new RangeError('too much');
    claims.push(bytes);
  },
});

describe('unpackChunk', () => {
  it('unpacks bzip2', () => {
    expect(Buffer.from(unpack.bz2(Buffer.from(PACKED, 'hex'), 350)).toString()).toBe('saccade'.repeat(50));
  });

  it('refuses damage and sizes that cannot be', () => {
    expect(() => unpack.bz2(Buffer.from(PACKED, 'hex').fill(7, 20, 30), 350)).toThrow();
    expect(() => unpack.lz4(Buffer.alloc(40), 10)).toThrow(/LZ4/);
    expect(() => unpack.zstd(Buffer.alloc(40), 2 ** 40)).toThrow('too much');
  });

  it('unpacks no more than a chunk declares, and claims that before (issue 11)', () => {
    claims.length = 0;
    expect(() => unpack.bz2(Buffer.from(PACKED, 'hex'), 349)).toThrow(/more than the 349 bytes/);
    expect(() => unpack.bz2(Buffer.from(PACKED, 'hex'), 351)).toThrow(/350 of the 351 bytes/);
    expect(() => unpack.zstd(zstdCompressSync(Buffer.alloc(2 ** 24)), 1000)).toThrow(/more than the 1000/);
    expect(claims).toEqual([349, 351, 1000]);
  });
});
