import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep, perPixel } from './support/filterRun.ts';

export interface HotPixelOptions {
  /** Pixels that are known to be hot, as [x, y]. @default none */
  pixels?: readonly (readonly [x: number, y: number])[];
  /**
   * Sensor time in milliseconds over which each pixel's events are counted. At the end of each such period it is decided which
   * pixels are hot in the next one; 0: only the listed ones. @default 1000
   */
  learnMs?: number;
  /** A hot pixel has more events than the mean of all pixels by this many deviations (EventCLIP: 10) ... @default 10 */
  sigma?: number;
  /** ... and more than this many times the events of its busiest neighbour: neighbours on an edge have as many. @default 3 */
  ratio?: number;
}

const schema = z.strictObject({
  pixels: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).default([]),
  learnMs: z.number().nonnegative().default(1000),
  sigma: z.number().positive().default(10),
  ratio: z.number().min(1).default(3),
});

/** Drops the events of hot pixels, which never stop: those that are listed, and those that it finds. */
export function hotPixel(options: HotPixelOptions = {}): Filter {
  const params = readOptions('hotPixel', schema, options);
  const learnUs = params.learnMs * 1000;
  return {
    name: 'hotPixel',
    params,
    memoryUs: 2 * learnUs,
    start() {
      const pixelsOf = perPixel((width, height) => ({
        counts: new Uint32Array(width * height),
        hot: listed(params.pixels, width, height),
      }));
      let until = NaN;
      return filterRun((events, out, width, height) => {
        const pixels = pixelsOf(width, height);
        const { t, x, y, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          if (learnUs > 0 && !(t[i]! < until && t[i]! >= until - learnUs)) {
            if (t[i]! >= until) pixels.hot = learned(pixels.counts, width, height, params);
            pixels.counts.fill(0);
            until = (Math.floor(t[i]! / learnUs) + 1) * learnUs;
          }
          const at = y[i]! * width + x[i]!;
          pixels.counts[at]!++;
          if (pixels.hot[at] === 0) keep(events, i, out, kept++);
        }
        return kept;
      });
    },
  };
}

function listed(pixels: z.output<typeof schema>['pixels'], width: number, height: number): Uint8Array {
  const hot = new Uint8Array(width * height);
  for (const [x, y] of pixels) if (x < width && y < height) hot[y * width + x] = 1;
  return hot;
}

function learned(counts: Uint32Array, width: number, height: number, { pixels, sigma, ratio }: z.output<typeof schema>): Uint8Array {
  const hot = listed(pixels, width, height);
  let [sum, squares] = [0, 0];
  for (const n of counts) {
    sum += n;
    squares += n * n;
  }
  const mean = sum / counts.length;
  const limit = mean + sigma * Math.sqrt(Math.max(0, squares / counts.length - mean * mean));
  for (let at = 0; at < counts.length; at++) {
    if (counts[at]! > limit && counts[at]! > ratio * busiestNeighbour(counts, at, width, height)) hot[at] = 1;
  }
  return hot;
}

function busiestNeighbour(counts: Uint32Array, at: number, width: number, height: number): number {
  const [x, y] = [at % width, Math.floor(at / width)];
  let most = 0;
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++)
      if ((u !== x || v !== y) && counts[v * width + u]! > most) most = counts[v * width + u]!;
  return most;
}
