import type { Canvas } from './canvas.ts';
import type { EventSlice } from '../eventWindow.ts';
import type { Colour } from './palettes.ts';

/** The last event of each bin; 0: none, 1: OFF, 2: ON. */
export function lastPolarity({ width, height, row, column }: Canvas, slices: readonly EventSlice[]): Uint8Array {
  const levels = new Uint8Array(width * height);
  for (const { events, from, to } of slices) {
    const { x, y, p } = events;
    for (let i = from; i < to; i++) levels[row[y[i]!]! + column[x[i]!]!] = 1 + p[i]!;
  }
  return levels;
}

export interface ThreeColours {
  readonly background: Colour;
  readonly on: Colour;
  readonly off: Colour;
}

/** Levels as RGB. */
export function coloursOf(levels: Uint8Array, { background, on, off }: ThreeColours): Uint8Array {
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
