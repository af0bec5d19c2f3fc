import { describe, expect, it } from 'vitest';
import { lz4Frame } from '../../src/decode/lz4Frame.ts';
import { lz4Stored } from './samples.ts';

const frame = (flags: number[], ...blocks: number[][]): Uint8Array =>
  Uint8Array.from([0x04, 0x22, 0x4d, 0x18, ...flags, 0, ...blocks.flatMap((block) => [block.length, 0, 0, 0, ...block]), 0, 0, 0, 0]);
const LINKED = [0x40, 0x70];
const read = (bytes: Uint8Array, limit = 2 ** 20): string => Buffer.from(lz4Frame(bytes, limit)).toString();

describe('lz4Frame', () => {
  it('copies matches that overlap themselves', () => {
    // 3 literals, a match of 4 + 15 + 3 at distance 3, 5 last literals.
    expect(read(frame(LINKED, [0x3f, 97, 98, 99, 3, 0, 3, 0x50, 97, 98, 99, 100, 101]))).toBe(`${'abc'.repeat(8)}aabcde`);
  });

  it('lets a block refer to the one before it', () => {
    expect(read(frame(LINKED, [0x40, 97, 98, 99, 100], [0x00, 4, 0, 0x10, 101]))).toBe('abcdabcde');
  });

  it('reads blocks that are stored as they are, however long', () => {
    const content = Buffer.alloc(300_000, 'saccade');
    expect(Buffer.from(lz4Frame(lz4Stored(content), 2 ** 20)).equals(content)).toBe(true);
  });

  it.each([
    ['another beginning', Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])],
    ['a match before the content', frame(LINKED, [0x10, 97, 9, 0, 0x10, 97])],
    ['literals behind the block', frame(LINKED, [0xf0, 200, 97])],
    ['a frame without its end', frame(LINKED, [0x10, 97]).subarray(0, 12)],
  ])('refuses %s', (_, bytes) => {
    expect(() => lz4Frame(bytes, 2 ** 20)).toThrow(RangeError);
  });

  it('refuses content beyond the limit', () => {
    expect(() => read(frame(LINKED, [0x1f, 97, 1, 0, 255, 255, 255, 0, 0x10, 97]), 500)).toThrow(RangeError);
  });
});
