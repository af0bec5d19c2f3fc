import sharp from 'sharp';
import { readSmallPng } from './readSmallPng.ts';

/** What can be seen in a picture without knowing what it is of: enough to talk about, and the same for the same bytes. */
export interface Sight {
  /** `png`, `jpeg`, ... as the bytes have it, whatever the request calls them. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Nothing differs from the background. */
  readonly blank: boolean;
  /** Share of the picture that differs from the background, 0 to 1. */
  readonly density: number;
  /** Which of two tones most of it has, against the other or against the background. */
  readonly tone: 'lighter' | 'darker' | 'mixed';
  /** Connected masses, the heaviest first; empty where everything is scattered. */
  readonly blobs: readonly Blob[];
}

export interface Blob {
  /** Centre, 0 to 1 from the left and from the top. */
  readonly x: number;
  readonly y: number;
  /** Size as a share of the picture's width and height. */
  readonly width: number;
  readonly height: number;
  /** Share of all that is lit. */
  readonly share: number;
  /** Where the lighter half lies as seen from the darker one: -1 to 1 each way; 0, 0 where the tones are mixed. */
  readonly lean: { readonly x: number; readonly y: number };
}

/** Long side in pixels at which pictures are looked at. */
const side = 128;
/** Cells across in which mass is counted; noise of single pixels drowns in them. */
const cellsAcross = 24;

/** Rejects where the bytes are no picture. */
export async function look(bytes: Uint8Array): Promise<Sight> {
  const small = readSmallPng(bytes, side);
  if (small) return { format: 'png', width: small.width, height: small.height, ...study(small.data, small.width, small.height, 3) };
  const image = sharp(bytes, { failOn: 'error' });
  const { format, width, height } = await image.metadata();
  const { data, info } = await image
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { format, width, height, ...study(data, info.width, info.height, info.channels) };
}

type Seen = Pick<Sight, 'blank' | 'density' | 'tone' | 'blobs'>;

/** Exported for tests. `data` has `channels` bytes a pixel. */
export function study(data: Uint8Array, width: number, height: number, channels: number): Seen {
  const luma = lumaAgainstBackground(data, width * height, channels);
  const lit: number[] = [];
  for (let i = 0; i < luma.length; i++) if (luma[i]! >= 0) lit.push(i);
  const density = lit.length / luma.length;
  if (density < 0.0008) return { blank: true, density, tone: 'mixed', blobs: [] };
  const background = backgroundLuma(data, channels, luma);
  const { middle, tone } = tones(luma, lit, background);
  return { blank: false, density, tone, blobs: blobsOf(luma, lit, middle, width, height) };
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

function tones(luma: Int16Array, lit: readonly number[], background: number): { middle: number; tone: Sight['tone'] } {
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

/** Cells with more than their share of the mass, joined with their eight neighbours. */
function blobsOf(luma: Int16Array, lit: readonly number[], middle: number, width: number, height: number): readonly Blob[] {
  const size = Math.max(1, width / cellsAcross);
  const across = Math.ceil(width / size);
  const down = Math.ceil(height / size);
  const mass = new Float64Array(across * down);
  const cellOf = (i: number): number => Math.floor(Math.floor(i / width) / size) * across + Math.floor((i % width) / size);
  for (const i of lit) mass[cellOf(i)]!++;
  const mean = lit.length / mass.length;
  const enough = Math.max(size * size * 0.06, mean * 1.2);
  const label = join(mass, across, down, enough);
  return measure(luma, lit, middle, width, height, (i) => label[cellOf(i)]!);
}

/** The number of the connected region of each cell, from 1; 0 for cells with too little. */
function join(mass: Float64Array, across: number, down: number, enough: number): Uint16Array {
  const label = new Uint16Array(mass.length);
  let labels = 0;
  const open: number[] = [];
  for (let start = 0; start < mass.length; start++) {
    if (label[start] !== 0 || mass[start]! < enough) continue;
    label[start] = ++labels;
    open.push(start);
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x: number = (cell % across) + dx;
          const y: number = Math.floor(cell / across) + dy;
          const next = y * across + x;
          if (x < 0 || y < 0 || x >= across || y >= down || label[next] !== 0 || mass[next]! < enough) continue;
          label[next] = labels;
          open.push(next);
        }
      }
    }
  }
  return label;
}

interface Sums {
  n: number;
  x: number;
  y: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  lighter: { n: number; x: number; y: number };
}

function measure(
  luma: Int16Array,
  lit: readonly number[],
  middle: number,
  width: number,
  height: number,
  regionOf: (pixel: number) => number,
): readonly Blob[] {
  const regions = new Map<number, Sums>();
  for (const i of lit) {
    const region = regionOf(i);
    if (region === 0) continue;
    let sums = regions.get(region);
    if (!sums)
      regions.set(region, (sums = { n: 0, x: 0, y: 0, left: width, right: 0, top: height, bottom: 0, lighter: { n: 0, x: 0, y: 0 } }));
    add(sums, i % width, Math.floor(i / width), luma[i]! > middle);
  }
  return [...regions.values()]
    .filter((sums) => sums.n >= lit.length * 0.04)
    .toSorted((a, b) => b.n - a.n || a.x / a.n - b.x / b.n)
    .slice(0, 8)
    .map((sums) => ({
      x: (sums.x / sums.n + 0.5) / width,
      y: (sums.y / sums.n + 0.5) / height,
      width: (sums.right - sums.left + 1) / width,
      height: (sums.bottom - sums.top + 1) / height,
      share: sums.n / lit.length,
      lean: leanOf(sums),
    }));
}

function add(sums: Sums, x: number, y: number, lighter: boolean): void {
  sums.n++;
  sums.x += x;
  sums.y += y;
  sums.left = Math.min(sums.left, x);
  sums.right = Math.max(sums.right, x);
  sums.top = Math.min(sums.top, y);
  sums.bottom = Math.max(sums.bottom, y);
  if (!lighter) return;
  sums.lighter.n++;
  sums.lighter.x += x;
  sums.lighter.y += y;
}

function leanOf({ n, x, y, left, right, top, bottom, lighter }: Sums): Blob['lean'] {
  const darker = n - lighter.n;
  if (lighter.n < n * 0.15 || darker < n * 0.15) return { x: 0, y: 0 };
  const across = lighter.x / lighter.n - (x - lighter.x) / darker;
  const down = lighter.y / lighter.n - (y - lighter.y) / darker;
  return { x: across / Math.max(1, right - left), y: down / Math.max(1, bottom - top) };
}
