/** Red, green, blue; 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly background: Colour;
  readonly on: Colour;
  readonly off: Colour;
  /** The colours in words, for the prompt. */
  readonly words: { readonly background: string; readonly on: string; readonly off: string };
}

/** The palettes of Metavision in 8 bits (c * 255 + 0.5, truncated), which the field is used to. */
export const palettes = {
  dark: {
    background: [30, 37, 52],
    on: [255, 255, 255],
    off: [64, 126, 200],
    words: { background: 'dark', on: 'white', off: 'blue' },
  },
  light: {
    background: [255, 255, 255],
    on: [64, 126, 200],
    off: [30, 37, 52],
    words: { background: 'white', on: 'blue', off: 'dark' },
  },
  grey: {
    background: [128, 128, 128],
    on: [255, 255, 255],
    off: [0, 0, 0],
    words: { background: 'grey', on: 'white', off: 'black' },
  },
  coolWarm: {
    background: [217, 224, 237],
    on: [255, 113, 117],
    off: [87, 123, 198],
    words: { background: 'pale', on: 'red', off: 'blue' },
  },
} as const satisfies Record<string, Palette>;

export type PaletteName = keyof typeof palettes;

export const paletteNames = ['dark', 'light', 'grey', 'coolWarm'] as const satisfies readonly PaletteName[];
