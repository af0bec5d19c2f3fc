import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { polarityCounts } from '../rendering/polarityCounts.ts';
import type { Renderer } from '../renderer.ts';

export interface DvEdgeMapOptions extends CanvasOptions {
  /** What one event adds, where 1 is white. @default 0.25 */
  eventContribution?: number;
  /** Whether OFF events add like ON events, instead of taking away. @default true */
  ignorePolarity?: boolean;
  /** Brightness of a pixel without events, 0..1. @default 0 */
  neutralPotential?: number;
}

const schema = z.strictObject({
  eventContribution: z.number().positive().max(1).default(0.25),
  ignorePolarity: z.boolean().default(true),
  neutralPotential: z.number().min(0).max(1).default(0),
  ...canvasFields,
});

/** The EdgeMapAccumulator of dv-processing, with its defaults and a full decay from frame to frame: edges, white on black. */
export function dvEdgeMap(options: DvEdgeMapOptions = {}): Renderer {
  const params = readOptions('dvEdgeMap', schema, options);
  const { eventContribution, ignorePolarity, neutralPotential } = params;
  const canvasOf = canvases(params);
  return {
    name: 'dvEdgeMap',
    params,
    legend: ignorePolarity
      ? 'An edge map: the brighter a pixel, the more often its brightness changed; pixels of the background did not change.'
      : 'An edge map: pixels lighter than the background became brighter, darker ones became darker.',
    draw(window) {
      const canvas = canvasOf(window);
      const [off, on] = polarityCounts(canvas, window.slices);
      const data = new Uint8Array(on.length);
      for (let i = 0; i < data.length; i++) {
        const events = ignorePolarity ? on[i]! + off[i]! : on[i]! - off[i]!;
        data[i] = Math.round(255 * Math.max(0, Math.min(1, neutralPotential + eventContribution * events)));
      }
      return picture(canvas, data, 1);
    },
  };
}
