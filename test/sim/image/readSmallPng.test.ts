import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { png } from '../../../src/frame/rendering/png.ts';
import { readSmallPng } from '../../../src/sim/image/readSmallPng.ts';

const pixels = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer());
const noise = (length: number, colours: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + 7, 2_654_435_761) >>> 24) % colours);

describe('readSmallPng', () => {
  it.each([
    [1, 256],
    [3, 2],
    [3, 256],
  ] as const)('sees what a real decoder sees in a frame of %i channels and %i values', async (channels, values) => {
    const bytes = await png({ width: 40, height: 30, channels, data: noise(40 * 30 * channels, values) });
    expect(readSmallPng(bytes, 128)?.data).toEqual(await pixels(bytes));
  });

  it('leaves to a real decoder what is larger, interlaced, transparent or no PNG', async () => {
    const made = (channels: 3 | 4) => sharp(noise(40 * 30 * channels, 200), { raw: { width: 40, height: 30, channels } });
    expect(readSmallPng(await made(3).png().toBuffer(), 39)).toBeUndefined();
    expect(readSmallPng(await made(3).png({ progressive: true }).toBuffer(), 128)).toBeUndefined();
    expect(readSmallPng(await made(4).png().toBuffer(), 128)).toBeUndefined();
    expect(readSmallPng(await made(3).jpeg().toBuffer(), 128)).toBeUndefined();
  });

  it('accepts no damaged picture: one flipped bit or one byte less is left to a real decoder', async () => {
    const bytes = await png({ width: 20, height: 20, channels: 3, data: noise(1200, 256) });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= 1 << bit;
        expect(readSmallPng(damaged, 128)).toBeUndefined();
        expect(readSmallPng(bytes.subarray(0, at), 128)).toBeUndefined();
      }),
    );
  });
});
