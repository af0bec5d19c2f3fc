import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Canvas, type CanvasOptions, bytesOf, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import type { EventSlice } from '../eventWindow.ts';
import type { Renderer } from '../renderer.ts';

export interface GreyReconstructionOptions extends CanvasOptions {
  /** Time in milliseconds in which a pixel's ln(brightness) returns to 37 % of its distance from neutral. @default 1000 */
  decayMs?: number;
  /** Factor of brightness of one ON event; OFF is its inverse. @default 1.2 */
  contrast?: number;
  /** ON events in a row that make a pixel white. @default 5 */
  maxEvents?: number;
  /** Radius of the Gaussian blur: 1 (3 x 3 pixels) or 0 for none. @default 1 */
  blur?: 0 | 1;
  /** How far before the window's start its picture begins, in milliseconds. Each window draws this time again. @default 300 */
  historyMs?: number;
}

const schema = z.strictObject({
  decayMs: z.number().positive().default(1000),
  contrast: z.number().gt(1).default(1.2),
  maxEvents: z.number().positive().default(5),
  blur: z.union([z.literal(0), z.literal(1)]).default(1),
  historyMs: z.number().nonnegative().default(300),
  ...canvasFields,
});

/**
 * A grey picture without training: each event multiplies its pixel's brightness, which leaks back to neutral (high-pass
 * filter of Scheerlinck 2018; defaults and tone mapping of Metavision's EventsIntegrationAlgorithm):
 * L <- L * exp(-dt / decay) ± ln(contrast), grey = 255 * contrast^-maxEvents * exp(L). Bins take the mean of their pixels.
 */
export function greyReconstruction(options: GreyReconstructionOptions = {}): Renderer {
  const params = readOptions('greyReconstruction', schema, options);
  const { decayMs, contrast, maxEvents, blur, historyMs } = params;
  const canvasOf = canvases(params);
  const white = 255 * contrast ** -maxEvents;
  return {
    name: 'greyReconstruction',
    params,
    legend:
      'A greyscale picture reconstructed from changes of brightness: what moves is seen as in a photograph, what stands still is flat grey.',
    ...(historyMs > 0 ? { horizonUs: historyMs * 1000 } : {}),
    draw(window) {
      const canvas = canvasOf(window);
      const slices = historyMs > 0 ? [...window.history, ...window.slices] : window.slices;
      const levels = integrate(canvas, slices, window.end, decayMs * 1000, Math.log(contrast));
      const neutral = Math.round(white);
      const data = bytesOf(levels, (level) => (level === 0 ? neutral : Math.min(255, Math.round(white * Math.exp(level)))));
      return picture(canvas, blur === 1 ? blurred(data, canvas.width, canvas.height) : data, 1);
    },
  };
}

function integrate(canvas: Canvas, slices: readonly EventSlice[], end: number, decayUs: number, step: number): Float64Array {
  const { width, height, row, column, bin } = canvas;
  const levels = new Float64Array(width * height);
  const lastT = new Float64Array(width * height);
  const share = step / (bin * bin);
  for (const { events, from, to } of slices) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i++) {
      const at = row[y[i]!]! + column[x[i]!]!;
      const level = levels[at]!;
      const left = level === 0 ? 0 : level * Math.exp(Math.min(0, lastT[at]! - t[i]!) / decayUs);
      levels[at] = left + share * (2 * p[i]! - 1);
      lastT[at] = t[i]!;
    }
  }
  for (let at = 0; at < levels.length; at++) {
    if (levels[at] !== 0) levels[at]! *= Math.exp((lastT[at]! - end) / decayUs);
  }
  return levels;
}

/** 3 x 3 with weights 1 2 1; the border is mirrored without repeating it, as OpenCV does. */
function blurred(data: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const rows = [mirrored(y - 1, height) * width, y * width, mirrored(y + 1, height) * width] as const;
    const column = (x: number): number => data[rows[0] + x]! + 2 * data[rows[1] + x]! + data[rows[2] + x]!;
    let left = column(mirrored(-1, width));
    let here = column(0);
    for (let x = 0; x < width; x++) {
      const right = column(mirrored(x + 1, width));
      out[y * width + x] = (left + 2 * here + right + 8) >> 4;
      left = here;
      here = right;
    }
  }
  return out;
}

const mirrored = (at: number, size: number): number => (size === 1 ? 0 : at < 0 ? 1 : at >= size ? size - 2 : at);
