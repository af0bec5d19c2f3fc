import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { coloursOf, lastPolarity } from '../rendering/lastPolarity.ts';
import { type Palette, type PaletteName, paletteNames, palettes } from '../rendering/palettes.ts';
import type { Renderer } from '../renderer.ts';

export interface PolarityOptions extends CanvasOptions {
  /** The colours: those of Metavision. `grey` makes a picture of one channel, which is the smallest. @default 'dark' */
  palette?: PaletteName;
}

const schema = z.strictObject({ palette: z.enum(paletteNames).default('dark'), ...canvasFields });

/**
 * The polarity of the last event of each pixel: ON, OFF, or background where nothing happened.
 * The CD frame of Metavision's frame generation, exact to the value.
 */
export function polarity(options: PolarityOptions = {}): Renderer {
  const params = readOptions('polarity', schema, options);
  const palette = palettes[params.palette];
  const canvasOf = canvases(params);
  return {
    name: 'polarity',
    params,
    legend: legendOf(palette),
    draw(window) {
      const canvas = canvasOf(window);
      const levels = lastPolarity(canvas, window.slices);
      return params.palette === 'grey' ? picture(canvas, greyOf(levels, palette), 1) : picture(canvas, coloursOf(levels, palette), 3);
    },
  };
}

const legendOf = ({ words: { background, on, off } }: Palette): string =>
  `Each pixel shows its last change: ${on} where it became brighter, ${off} where it became darker; the ${background} background did not change.`;

function greyOf(levels: Uint8Array, { background, on, off }: Palette): Uint8Array {
  const grey = Uint8Array.of(background[0], off[0], on[0]);
  for (let i = 0; i < levels.length; i++) levels[i] = grey[levels[i]!]!;
  return levels;
}
