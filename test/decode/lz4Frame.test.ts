import { describe, expect, it } from 'vitest';
import { lz4Frame, plainRoom } from '../../src/decode/lz4Frame.ts';
import { makeRandom, mutate } from '../fuzz/mutate.ts';
import { lz4Stored } from './samples.ts';

const frame = (flags: number[], ...blocks: number[][]): Uint8Array =>
  Uint8Array.from([
    0x04,
    0x22,
    0x4d,
    0x18,
    ...flags,
    0,
    ...blocks.flatMap((block) => [block.length & 255, block.length >> 8, 0, 0, ...block]),
    0,
    0,
    0,
    0,
  ]);
const LINKED = [0x40, 0x70];
const read = (bytes: Uint8Array, limit = 2 ** 20): string => Buffer.from(lz4Frame(bytes, limit)).toString();

/** A block of random literals and matches, near and far, short and long. */
function sequences(random: (below: number) => number): number[] {
  const block: number[] = [];
  const length = (count: number): number[] =>
    count < 15 ? [] : [...Array.from({ length: Math.floor((count - 15) / 255) }, () => 255), (count - 15) % 255];
  let content = 0;
  for (let left = 1 + random(12); left > 0; left--) {
    const [literals, match] = [1 + random(random(5) === 0 ? 400 : 20), random(random(5) === 0 ? 700 : 30)];
    content += literals;
    const distance = 1 + random(Math.min(content, random(2) === 0 ? 12 : 60_000));
    block.push(
      (Math.min(literals, 15) << 4) | Math.min(match, 15),
      ...length(literals),
      ...Array.from({ length: literals }, () => random(256)),
    );
    block.push(distance & 255, distance >> 8, ...length(match));
    content += match + 4;
  }
  return [...block, 0x10, 7];
}

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

  it('makes the same in the kernel and in plain JavaScript, damaged or not', () => {
    const random = makeRandom(3);
    const attempt = (bytes: Uint8Array, makeRoom?: typeof plainRoom): string => {
      try {
        return Buffer.from(makeRoom ? lz4Frame(bytes, 100_000, makeRoom) : lz4Frame(bytes, 100_000)).toString('hex');
      } catch (error) {
        return (error as Error).constructor.name;
      }
    };
    let whole = 0;
    for (let i = 0; i < 1500; i++) {
      const sound = frame(LINKED, sequences(random), sequences(random));
      const bytes = i % 3 === 0 ? sound : mutate(sound, random, sound);
      const content = attempt(bytes);
      expect(content).toBe(attempt(bytes, plainRoom));
      if (/^[0-9a-f]/.test(content)) whole++;
    }
    expect(whole).toBeGreaterThan(400);
  });
});
