import { type Random, poisson } from '../../random.ts';
import type { EventList } from './eventList.ts';
import type { PixelArray, PixelOptions } from './pixelArray.ts';

export interface NoiseOptions extends PixelOptions {
  /** Events without a cause, per pixel and second. */
  readonly noiseHz: number;
  /** Pixels that send without a cause, and how often each does in a second. */
  readonly hotPixels: number;
  readonly hotPixelHz: number;
}

/** Adds the events without a cause of from <= t < to, to be called for one interval after the other. */
export type Noise = (from: number, to: number, pixels: PixelArray, found: EventList) => void;

/** Events that come from nothing all over the sensor, and from a few hot pixels that never stop. */
export function noise(options: NoiseOptions, random: Random): Noise {
  const { noiseHz, hotPixelHz, refractoryUs } = options;
  const length = options.width * options.height;
  const hot = Uint32Array.from({ length: options.hotPixels }, () => Math.floor(random() * length));
  // The blind time is part of the gap, so that the rate is the one asked for.
  const hotGap = (): number => refractoryUs - Math.log(1 - random()) * Math.max(0, 1e6 / hotPixelHz - refractoryUs);
  const hotNext = Float64Array.from(hot, hotGap);
  return (from, to, pixels, found) => {
    for (let n = poisson(random, (noiseHz * length * (to - from)) / 1e6); n > 0; n--)
      pixels.sendNoise(Math.floor(random() * length), from + Math.floor(random() * (to - from)), 0.6, random, found);
    for (const [index, pixel] of hot.entries())
      for (; hotNext[index]! < to; hotNext[index]! += hotGap()) pixels.sendNoise(pixel, Math.floor(hotNext[index]!), 0.9, random, found);
  };
}
