import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { png } from '../../../src/frame/rendering/png.ts';
import type { Pixels } from '../../../src/frame/renderer.ts';

/** As an independent decoder sees it. */
async function decoded(bytes: Uint8Array, channels: 1 | 3): Promise<Pixels> {
  const image = sharp(bytes, { failOn: 'warning' });
  const { data, info } = await (channels === 1 ? image.toColourspace('b-w') : image).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data: new Uint8Array(data) };
}

const pictures = (colours: number) =>
  fc
    .record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
      channels: fc.constantFrom(1 as const, 3 as const),
    })
    .chain(({ width, height, channels }) =>
      fc.uint8Array({ minLength: width * height, maxLength: width * height, max: colours - 1 }).map((kinds): Pixels => {
        const data = new Uint8Array(width * height * channels);
        kinds.forEach((kind, i) => data.fill(kind * 37, i * channels, (i + 1) * channels));
        return { width, height, channels, data };
      }),
    );

describe('png', () => {
  it.each([3, 256])('holds every pixel of pictures with up to %i colours', async (colours) => {
    await fc.assert(
      fc.asyncProperty(pictures(colours), async (picture) => {
        expect(await decoded(await png(picture), picture.channels)).toEqual(picture);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [256, 'as a palette', 3],
    [257, 'as they are', 2],
  ])('writes %i colours %s', async (colours, _how, colourType) => {
    const data = new Uint8Array(colours * 3);
    for (let i = 0; i < colours; i++) data.set([i & 255, i >> 8, 99], i * 3);
    const picture = { width: colours, height: 1, channels: 3 as const, data };
    const bytes = await png(picture);
    expect(bytes[25]).toBe(colourType);
    expect(await decoded(bytes, 3)).toEqual(picture);
  });

  it('holds every pixel of a picture that is packed on another thread', async () => {
    const data = Uint8Array.from({ length: 300 * 400 * 3 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
    const picture = { width: 300, height: 400, channels: 3 as const, data };
    expect(await decoded(await png(picture), 3)).toEqual(picture);
  });

  it('gives the same bytes for the same pixels, whatever was drawn before', async () => {
    const picture = (shade: number): Pixels => ({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(shade) });
    const first = await png(picture(10));
    await png(picture(200));
    expect((await png(picture(10))).equals(first)).toBe(true);
  });
});
