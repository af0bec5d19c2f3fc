import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Image } from '../../../src/frame/frame.ts';

/** A small real picture that differs from every other `n`. */
export async function picture(n: number): Promise<Image> {
  const width = 240;
  const height = 200;
  const pixels = Buffer.alloc(width * height);
  for (let k = 0; k < 400; k++) pixels[((n * 37 + k * 7919) % (width * height)) | 0] = 255;
  pixels.writeUInt32LE(n, 0);
  const bytes = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { bytes, mediaType: 'image/png', width, height, sha256: createHash('sha256').update(bytes).digest('hex') };
}
