import { type Random, normal } from '../../random.ts';
import type { Area } from './area.ts';
import type { EventList } from './eventList.ts';

/*
  The pixel of an event camera (Lichtsteiner 2008; simulators ESIM and v2e): it remembers the logarithm of the light at
  its last event, and sends ON or OFF when the present one differs by the contrast threshold. Light is computed at steps
  of time, only where something moves; between steps its logarithm is taken as linear, which gives each event its
  microsecond. Thresholds differ from pixel to pixel, and a pixel is blind for a while after an event.
*/
export interface PixelOptions {
  readonly width: number;
  readonly height: number;
  /** Contrast threshold: change of ln(light) for one event. */
  readonly contrast: number;
  /** Deviation of the threshold from pixel to pixel, as a share of it. */
  readonly mismatch: number;
  /** Blind time of a pixel after an event, in microseconds. */
  readonly refractoryUs: number;
}

export class PixelArray {
  readonly #width: number;
  readonly #refractoryUs: number;
  readonly #onThreshold: Float32Array;
  readonly #offThreshold: Float32Array;
  /** ln(light) now, and at the last event. */
  readonly #level: Float32Array;
  readonly #memory: Float32Array;
  readonly #blindUntil: Float64Array;

  constructor(options: PixelOptions, random: Random) {
    const { width, height, refractoryUs } = options;
    const length = width * height;
    this.#width = width;
    this.#refractoryUs = refractoryUs;
    this.#onThreshold = Float32Array.from({ length }, () => threshold(options, random));
    this.#offThreshold = Float32Array.from({ length }, () => threshold(options, random));
    this.#level = new Float32Array(length);
    this.#memory = new Float32Array(length);
    this.#blindUntil = new Float64Array(length);
  }

  /** Begins in this light, each pixel somewhere between two of its events. */
  start(light: Float32Array, random: Random): void {
    for (let i = 0; i < light.length; i++) {
      this.#level[i] = Math.log(light[i]!);
      this.#memory[i] = this.#level[i]! + (random() - 0.5) * Math.min(this.#onThreshold[i]!, this.#offThreshold[i]!);
    }
  }

  /** Adds the events that the change of light in an area between two moments causes. */
  sense(light: Float32Array, { left, top, right, bottom }: Area, from: number, to: number, found: EventList): void {
    const [level, memory, blindUntil] = [this.#level, this.#memory, this.#blindUntil];
    const [width, refractoryUs, onThreshold, offThreshold] = [this.#width, this.#refractoryUs, this.#onThreshold, this.#offThreshold];
    for (let y = top; y < bottom; y++) {
      for (let x = left, i = y * width + left; x < right; x++, i++) {
        const now = Math.fround(Math.log(light[i]!));
        const before = level[i]!;
        if (now === before) continue;
        const change = now - memory[i]!;
        level[i] = now;
        const p = change > 0 ? 1 : 0;
        const size = p === 1 ? onThreshold[i]! : offThreshold[i]!;
        const crossings = Math.floor(Math.abs(change) / size);
        if (crossings === 0) continue;
        const slope = (to - from) / (now - before);
        for (let n = 0; n < crossings; n++) {
          memory[i] = memory[i]! + (p === 1 ? size : -size);
          const t = Math.min(to - 1, Math.max(from, Math.floor(from + (memory[i]! - before) * slope)));
          if (t < blindUntil[i]!) continue;
          blindUntil[i] = t + refractoryUs;
          found.add(t, x, y, p);
        }
      }
    }
  }

  /** Adds an event without a cause, unless the pixel is blind. @param onShare how often it is ON, 0 to 1 */
  sendNoise(pixel: number, t: number, onShare: number, random: Random, found: EventList): void {
    if (t < this.#blindUntil[pixel]!) return;
    this.#blindUntil[pixel] = t + this.#refractoryUs;
    found.add(t, pixel % this.#width, Math.floor(pixel / this.#width), random() < onShare ? 1 : 0);
  }
}

const threshold = ({ contrast, mismatch }: PixelOptions, random: Random): number => contrast * Math.max(0.3, 1 + mismatch * normal(random));
