import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { polarityCounts, largest } from '../rendering/polarityCounts.ts';
import type { Renderer } from '../renderer.ts';

export interface EventClipOptions extends CanvasOptions {
  /** `grey`: events darken the white background to 127; `colour`: ON is red, OFF is blue. @default 'grey' */
  palette?: 'grey' | 'colour';
  /** Counts above the mean by more than this many deviations are taken for hot pixels and left out; 0: none are. @default 10 */
  hotSigma?: number;
}

const schema = z.strictObject({
  palette: z.enum(['grey', 'colour']).default('grey'),
  hotSigma: z.number().nonnegative().default(10),
  ...canvasFields,
});

/**
 * The frame of EventCLIP (arXiv 2306.06354): ON and OFF histograms without hot pixels, over the largest count, coloured,
 * and laid over white with a weight of min(1, ON + OFF).
 */
export function eventClip(options: EventClipOptions = {}): Renderer {
  const params = readOptions('eventClip', schema, options);
  const isGrey = params.palette === 'grey';
  const canvasOf = canvases(params);
  return {
    name: 'eventClip',
    params,
    legend: isGrey
      ? 'The greyer a pixel, the more often its brightness changed; the white background did not change.'
      : 'Red pixels became brighter, blue ones became darker, the stronger the more often; the white background did not change.',
    draw(window) {
      const canvas = canvasOf(window);
      const [off, on] = polarityCounts(canvas, window.slices);
      const limit = params.hotSigma > 0 ? hotLimit(off, on, params.hotSigma) : Infinity;
      for (const counts of [off, on]) for (let i = 0; i < counts.length; i++) if (counts[i]! > limit) counts[i] = 0;
      const most = Math.max(1, largest(off), largest(on));
      const data = new Uint8Array(on.length * (isGrey ? 1 : 3)).fill(255);
      for (let i = 0; i < on.length; i++) {
        if ((on[i]! | off[i]!) === 0) continue;
        const red = on[i]! / most;
        const blue = off[i]! / most;
        const weight = Math.min(1, red + blue);
        const white = 255 * (1 - weight);
        if (isGrey) data[i] = Math.round(127 * (red + blue) * weight + white);
        else {
          data[3 * i] = Math.round(255 * red * weight + white);
          data[3 * i + 1] = Math.round(white);
          data[3 * i + 2] = Math.round(255 * blue * weight + white);
        }
      }
      return picture(canvas, data, isGrey ? 1 : 3);
    },
  };
}

/** Mean and deviation over the counts of both polarities, those of 0 too. */
function hotLimit(off: Uint32Array, on: Uint32Array, sigma: number): number {
  let [sum, squares] = [0, 0];
  for (const counts of [off, on])
    for (const n of counts) {
      sum += n;
      squares += n * n;
    }
  const mean = sum / (2 * on.length);
  return mean + sigma * Math.sqrt(Math.max(0, squares / (2 * on.length) - mean * mean));
}
