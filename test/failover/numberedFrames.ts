import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Image } from '../../src/frame/frame.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import { requestOf } from './callRouter.ts';

const width = 64;
const height = 48;

/** Picture `n`: a bar whose place, length and shade are its number; all of the first 15,000 differ. */
export async function numberedImage(n: number): Promise<Image> {
  const data = Buffer.alloc(width * height, 30);
  const [x, y, length] = [n % 50, Math.floor(n / 50) % 30, 4 + (Math.floor(n / 1_500) % 10)];
  for (let row = y; row < y + 12; row++) data.fill(n % 2 ? 255 : 200, row * width + x, row * width + Math.min(x + length, width));
  const bytes = await sharp(data, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { bytes, mediaType: 'image/png', width, height, sha256: createHash('sha256').update(bytes).digest('hex') };
}

let next = 0;

/** A request about a picture that was not asked about before. */
export const numberedRequest = async (n = next++): Promise<CaptionRequest> => requestOf('image', Infinity, await numberedImage(n));
