import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { type ThreeColours, coloursOf, lastPolarity } from '../rendering/lastPolarity.ts';
import type { Renderer } from '../renderer.ts';

const schema = z.strictObject(canvasFields);
const colours: ThreeColours = { background: [255, 255, 255], on: [255, 0, 0], off: [0, 0, 255] };

/**
 * The frame that EventGPT (CVPR 2025) is trained on: red for ON, blue for OFF, on white; the last event wins. The
 * picture has the size of the sensor, where the original has that of the rightmost and lowest event.
 */
export function eventGpt(options: CanvasOptions = {}): Renderer {
  const params = readOptions('eventGpt', schema, options);
  const canvasOf = canvases(params);
  return {
    name: 'eventGpt',
    params,
    legend:
      'Each pixel shows its last change: red where it became brighter, blue where it became darker; the white background did not change.',
    draw(window) {
      const canvas = canvasOf(window);
      return picture(canvas, coloursOf(lastPolarity(canvas, window.slices), colours), 3);
    },
  };
}
