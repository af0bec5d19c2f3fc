import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Canvas, type CanvasOptions, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import type { EventSlice } from '../eventWindow.ts';
import { type Colour, type PaletteName, paletteNames, palettes } from '../rendering/palettes.ts';
import type { Renderer } from '../renderer.ts';

export interface TimeSurfaceOptions extends CanvasOptions {
  /** The time in milliseconds in which a change fades to 37 %. @default 30 */
  tauMs?: number;
  /** How far before the window's start its picture begins, in milliseconds. @default 0 */
  historyMs?: number;
  /** The colours that fade to the background. `grey` makes a picture of one channel. @default 'grey' */
  palette?: PaletteName;
}

const schema = z.strictObject({
  tauMs: z.number().positive().default(30),
  historyMs: z.number().nonnegative().default(0),
  palette: z.enum(paletteNames).default('grey'),
  ...canvasFields,
});

/**
 * A surface of active events (HOTS, Lagorce 2016), signed as in Metavision's time decay: the last event of a pixel, at t,
 * colours it by background + (colour - background) * exp(-(end - t) / tau). In grey that is 127.5 * (1 ± exp(...)).
 */
export function timeSurface(options: TimeSurfaceOptions = {}): Renderer {
  const params = readOptions('timeSurface', schema, options);
  const { words, ...colours } = palettes[params.palette];
  const isGrey = params.palette === 'grey';
  const channels = isGrey ? 1 : 3;
  // Half of 255 is no whole number; the palette's 128 would lift every faded pixel.
  const background: Colour = isGrey ? [127.5, 127.5, 127.5] : colours.background;
  const tauUs = params.tauMs * 1000;
  const canvasOf = canvases(params);
  return {
    name: 'timeSurface',
    params,
    legend:
      `Each pixel shows its last change: ${words.on} where it became brighter, ${words.off} where it became darker, ` +
      `fading to the ${words.background} background with age, so that motion leaves a trail behind it.`,
    ...(params.historyMs > 0 ? { horizonUs: params.historyMs * 1000 } : {}),
    draw(window) {
      const canvas = canvasOf(window);
      const ages = lastTimes(canvas, params.historyMs > 0 ? [...window.history, ...window.slices] : window.slices, window.end);
      return picture(canvas, fade(ages, { tauUs, channels, background, on: colours.on, off: colours.off }), channels);
    },
  };
}

/** End minus time of the last event of each bin, in microseconds: positive for ON, negative for OFF, NaN where there was none. */
function lastTimes({ width, height, row, column }: Canvas, slices: readonly EventSlice[], end: number): Float32Array {
  const ages = new Float32Array(width * height).fill(NaN);
  for (const { events, from, to } of slices) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i++) ages[row[y[i]!]! + column[x[i]!]!] = (end - t[i]!) * (2 * p[i]! - 1);
  }
  return ages;
}

interface Fading {
  readonly tauUs: number;
  readonly channels: 1 | 3;
  readonly background: Colour;
  readonly on: Colour;
  readonly off: Colour;
}

function fade(ages: Float32Array, { tauUs, channels, background, on, off }: Fading): Uint8Array {
  const data = new Uint8Array(ages.length * channels);
  const still = background.map((value) => Math.floor(value + 0.5));
  for (let i = 0, to = 0; i < ages.length; i++) {
    const age = ages[i]!;
    const isStill = age !== age; // NaN is not itself
    const left = isStill ? 0 : Math.exp(-Math.abs(age) / tauUs);
    const colour = age > 0 ? on : off;
    for (let c = 0; c < channels; c++)
      data[to++] = isStill ? still[c]! : Math.floor(background[c]! + (colour[c]! - background[c]!) * left + 0.5);
  }
  return data;
}
