import { describe, expect, it } from 'vitest';
import { unpackChunk } from '../../../../../src/consume/recordings/containers/support/unpackChunk.ts';

/** Made by bzip2 1.0.8 from 50 times the word. */
const PACKED = '425a68393141592653598d45d9520000ae81802e000800200030cd0052a699a8b08b08be8b5170bb9229c284846a2eca90';

describe('unpackChunk', () => {
  it('unpacks bzip2', () => {
    expect(Buffer.from(unpackChunk.bz2(Buffer.from(PACKED, 'hex'), 350)).toString()).toBe('saccade'.repeat(50));
  });

  it('refuses damage and sizes that cannot be', () => {
    expect(() => unpackChunk.bz2(Buffer.from(PACKED, 'hex').fill(7, 20, 30), 350)).toThrow();
    expect(() => unpackChunk.lz4(Buffer.alloc(40), 10)).toThrow(/LZ4/);
    expect(() => unpackChunk.zstd(Buffer.alloc(40), 2 ** 40)).toThrow(/larger than any recorder/);
  });
});
