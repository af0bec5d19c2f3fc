import sharp from 'sharp';
import type { CaptionRequest } from '../../captionRequest.ts';

/** What a frame looks like, coarsely: how much is drawn in each cell of a grid, lighter and darker apart, and how much happened. */
export interface ImageSignature {
  /** Share of all that is drawn, for each cell; the light part first, then the dark part. */
  readonly ink: Float32Array;
  /** Mean deviation from the background, 0..255. */
  readonly amount: number;
  /** Events in the window, and those of ON polarity. */
  readonly count: number;
  readonly on: number;
}

const COLUMNS = 40;
const ROWS = 30;
const CELLS = COLUMNS * ROWS;

/** From the pixels alone: the words that are asked have no part in it. */
export async function imageSignature({ image, window }: Pick<CaptionRequest, 'image' | 'window'>): Promise<ImageSignature> {
  const grey = await sharp(image.bytes).greyscale().resize(COLUMNS, ROWS, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  const background = median(grey);
  const ink = new Float32Array(2 * CELLS);
  let total = 0;
  for (let i = 0; i < CELLS; i++) {
    const deviation = grey[i]! - background;
    ink[deviation > 0 ? i : CELLS + i] = Math.abs(deviation);
    total += Math.abs(deviation);
  }
  if (total > 0) for (let i = 0; i < ink.length; i++) ink[i]! /= total;
  return { ink, amount: total / CELLS, count: window.count, on: window.on };
}

function median(grey: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of grey) counts[value]!++;
  let below = 0;
  for (let value = 0; value < 256; value++) {
    below += counts[value]!;
    if (below * 2 >= grey.length) return value;
  }
  return 255;
}

/**
 * 0: the same; 1: nothing in common. The greatest of three: how much of what is drawn lies elsewhere (total variation),
 * how different the amounts are, and how different the numbers of events and of ON events are.
 */
export function distance(a: ImageSignature, b: ImageSignature): number {
  let moved = 0;
  for (let i = 0; i < a.ink.length; i++) moved += Math.abs(a.ink[i]! - b.ink[i]!);
  return Math.max(moved / 2, apart(a.amount, b.amount), apart(a.count, b.count), apart(a.on, b.on));
}

const apart = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.max(a, b));
