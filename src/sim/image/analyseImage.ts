import sharp from 'sharp';
import { type ImageRegion, imageRegions } from './imageRegions.ts';
import { readSmallPng } from './readSmallPng.ts';

/** What can be measured of an image without recognising anything: enough to write a caption, and the same for the same bytes. */
export interface ImageAnalysis {
  /** `png`, `jpeg`, ... as the bytes have it, whatever the request calls them. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Nothing differs from the background. */
  readonly blank: boolean;
  /** Share of the image that differs from the background, 0 to 1. */
  readonly density: number;
  /** Which of two tones most of what differs has, against the other tone or against the background. */
  readonly tone: 'lighter' | 'darker' | 'mixed';
  /** Connected regions that differ from the background, the largest first; empty where everything is scattered. */
  readonly regions: readonly ImageRegion[];
}

/** Long side in pixels to which images are reduced. */
const LONG_SIDE = 128;

/** Rejects where the bytes are no image. */
export async function analyseImage(bytes: Uint8Array): Promise<ImageAnalysis> {
  const small = readSmallPng(bytes, LONG_SIDE);
  if (small) return { format: 'png', width: small.width, height: small.height, ...analysePixels(small.data, small.width, small.height, 3) };
  const image = sharp(bytes, { failOn: 'error' });
  const { format, width, height } = await image.metadata();
  const { data, info } = await image
    .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { format, width, height, ...analysePixels(data, info.width, info.height, info.channels) };
}

type PixelAnalysis = Pick<ImageAnalysis, 'blank' | 'density' | 'tone' | 'regions'>;

/** @param data `channels` bytes a pixel */
function analysePixels(data: Uint8Array, width: number, height: number, channels: number): PixelAnalysis {
  const luma = lumaAgainstBackground(data, width * height, channels);
  const lit: number[] = [];
  for (let i = 0; i < luma.length; i++) if (luma[i]! >= 0) lit.push(i);
  const density = lit.length / luma.length;
  if (density < 0.0008) return { blank: true, density, tone: 'mixed', regions: [] };
  const background = backgroundLuma(data, channels, luma);
  const { middle, tone } = tones(luma, lit, background);
  return { blank: false, density, tone, regions: imageRegions(luma, lit, middle, width, height) };
}

/** Luma of each pixel that differs from the most frequent colour, -1 for the others. */
function lumaAgainstBackground(data: Uint8Array, pixels: number, channels: number): Int16Array {
  const bins = new Uint32Array(4_096);
  const bin = (i: number): number => {
    const at = i * channels;
    const green = channels >= 3 ? data[at + 1]! : data[at]!;
    const blue = channels >= 3 ? data[at + 2]! : data[at]!;
    return ((data[at]! >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4);
  };
  for (let i = 0; i < pixels; i++) bins[bin(i)]!++;
  const common = bins.indexOf(bins.reduce((most, n) => Math.max(most, n), 0));
  const [red, green, blue] = [((common >> 8) << 4) + 8, (((common >> 4) & 15) << 4) + 8, ((common & 15) << 4) + 8];
  const luma = new Int16Array(pixels).fill(-1);
  for (let i = 0; i < pixels; i++) {
    const at = i * channels;
    const r = data[at]!;
    const g = channels >= 3 ? data[at + 1]! : r;
    const b = channels >= 3 ? data[at + 2]! : r;
    // 28 levels: more than a JPEG's ripple, less than any palette's step.
    if (Math.max(Math.abs(r - red), Math.abs(g - green), Math.abs(b - blue)) > 28) luma[i] = (r * 77 + g * 150 + b * 29) >> 8;
  }
  return luma;
}

function backgroundLuma(data: Uint8Array, channels: number, luma: Int16Array): number {
  const at = luma.indexOf(-1) * channels;
  if (at < 0) return 128;
  return channels >= 3 ? (data[at]! * 77 + data[at + 1]! * 150 + data[at + 2]! * 29) >> 8 : data[at]!;
}

function tones(luma: Int16Array, lit: readonly number[], background: number): { middle: number; tone: ImageAnalysis['tone'] } {
  let low = 255;
  let high = 0;
  for (const i of lit) {
    low = Math.min(low, luma[i]!);
    high = Math.max(high, luma[i]!);
  }
  if (high - low < 40) return { middle: background, tone: (low + high) / 2 >= background ? 'lighter' : 'darker' };
  const middle = (low + high) / 2;
  const lighter = lit.reduce((n, i) => n + (luma[i]! > middle ? 1 : 0), 0) / lit.length;
  return { middle, tone: lighter > 0.65 ? 'lighter' : lighter < 0.35 ? 'darker' : 'mixed' };
}
