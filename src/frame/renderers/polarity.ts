import { z } from 'zod';
import { readOptions } from '../../options.ts';
import { type Canvas, type CanvasOptions, canvasFields, canvases, picture } from '../canvas.ts';
import type { EventSlice } from '../eventWindow.ts';
import { type Palette, type PaletteName, paletteNames, palettes } from '../palettes.ts';
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

/** 0: no event, 1: OFF, 2: ON. */
function lastPolarity({ width, height, row, column }: Canvas, slices: readonly EventSlice[]): Uint8Array {
  const levels = new Uint8Array(width * height);
  for (const { events, from, to } of slices) {
    const { x, y, p } = events;
    for (let i = from; i < to; i++) levels[row[y[i]!]! + column[x[i]!]!] = 1 + p[i]!;
  }
  return levels;
}

function greyOf(levels: Uint8Array, { background, on, off }: Palette): Uint8Array {
  const grey = Uint8Array.of(background[0], off[0], on[0]);
  for (let i = 0; i < levels.length; i++) levels[i] = grey[levels[i]!]!;
  return levels;
}

function coloursOf(levels: Uint8Array, { background, on, off }: Palette): Uint8Array {
  const [red, green, blue] = [0, 1, 2].map((c) => Uint8Array.of(background[c]!, off[c]!, on[c]!)) as [Uint8Array, Uint8Array, Uint8Array];
  const data = new Uint8Array(levels.length * 3);
  for (let i = 0, to = 0; i < levels.length; i++) {
    const level = levels[i]!;
    data[to++] = red[level]!;
    data[to++] = green[level]!;
    data[to++] = blue[level]!;
  }
  return data;
}
