import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, bytesOf, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { polarityCounts, largest } from '../rendering/polarityCounts.ts';
import type { Renderer } from '../renderer.ts';

export interface SignedCountOptions extends CanvasOptions {
  /** ON minus OFF events of a pixel that is white, and OFF minus ON of one that is black; 0: the largest of the window. @default 5 */
  max?: number;
}

const schema = z.strictObject({ max: z.int().nonnegative().default(5), ...canvasFields });

/** ON minus OFF events of each pixel, the brightness increment: 128 + 127 * clip((ON - OFF) / max, -1, 1). */
export function signedCount(options: SignedCountOptions = {}): Renderer {
  const params = readOptions('signedCount', schema, options);
  const canvasOf = canvases(params);
  return {
    name: 'signedCount',
    params,
    legend:
      'Pixels lighter than the grey background became brighter, darker ones became darker, the more the stronger; grey pixels did not change.',
    draw(window) {
      const canvas = canvasOf(window);
      const [off, on] = polarityCounts(canvas, window.slices);
      const sums = new Int32Array(on.length);
      for (let i = 0; i < sums.length; i++) sums[i] = on[i]! - off[i]!;
      const max = params.max || Math.max(1, largest(sums.map(Math.abs)));
      return picture(
        canvas,
        bytesOf(sums, (n) => Math.round(128 + 127 * Math.max(-1, Math.min(1, n / max)))),
        1,
      );
    },
  };
}
