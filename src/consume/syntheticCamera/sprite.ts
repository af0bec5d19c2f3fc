import { type Random, sfc32 } from '../../random.ts';
import type { Mover } from './mover.ts';

/** A mover's picture around its centre, with soft edges: how much it covers of each pixel, and the light times that. */
export interface Sprite {
  /** Pixels from the centre to the border of the picture. */
  readonly radius: number;
  /** Pixels of a row. */
  readonly side: number;
  /** Pixels from the centre to the outermost that is covered, before it is turned. */
  readonly halfWidth: number;
  readonly halfHeight: number;
  /** 0..1. */
  readonly cover: Float32Array;
  readonly light: Float32Array;
}

/** Samples across and down of each pixel: enough that an edge brightens evenly while it crosses a pixel. */
const SAMPLES = 4;

export function spriteOf(mover: Mover, seed: number): Sprite {
  const { size, shape, texture = 'flat', brightness } = mover;
  const isInside = shapes[shape];
  const surface = textures[texture](size, sfc32(seed));
  const radius = Math.ceil(size * 0.75) + 2;
  const side = 2 * radius + 1;
  const cover = new Float32Array(side * side);
  const light = new Float32Array(side * side);
  let [halfWidth, halfHeight] = [0, 0];
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      let covered = 0;
      let lit = 0;
      for (let s = 0; s < SAMPLES * SAMPLES; s++) {
        const u = column - radius + ((s % SAMPLES) + 0.5) / SAMPLES - 0.5;
        const v = row - radius + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES - 0.5;
        if (!isInside(u / size, v / size)) continue;
        covered++;
        lit += brightness * surface(u, v);
      }
      if (covered === 0) continue;
      halfWidth = Math.max(halfWidth, Math.abs(column - radius));
      halfHeight = Math.max(halfHeight, Math.abs(row - radius));
      cover[row * side + column] = covered / SAMPLES ** 2;
      light[row * side + column] = lit / SAMPLES ** 2;
    }
  return { radius, side, halfWidth, halfHeight, cover, light };
}

/** In units of the size, from the centre. */
const shapes: Record<Mover['shape'], (u: number, v: number) => boolean> = {
  disc: (u, v) => u * u + v * v <= 0.25,
  ring: (u, v) => u * u + v * v <= 0.25 && u * u + v * v >= 0.09,
  square: (u, v) => Math.abs(u) <= 0.5 && Math.abs(v) <= 0.5,
  triangle: (u, v) => v <= 0.5 && v >= 2 * Math.abs(u) - 0.5,
  cross: (u, v) => (Math.abs(u) <= 0.12 && Math.abs(v) <= 0.5) || (Math.abs(v) <= 0.12 && Math.abs(u) <= 0.5),
  bar: (u, v) => Math.abs(u) <= 0.125 && Math.abs(v) <= 0.5,
};

/** The share of the light that each point of the surface sends; pixels from the centre. */
const textures: Record<NonNullable<Mover['texture']>, (size: number, random: Random) => (u: number, v: number) => number> = {
  flat: () => () => 1,
  stripes: (size) => (u) => (Math.floor((u / size) * 6 + 60) % 2 === 0 ? 1 : 0.35),
  checks: (size) => (u, v) => ((Math.floor((u / size) * 4 + 40) + Math.floor((v / size) * 4 + 40)) % 2 === 0 ? 1 : 0.35),
  speckle: (_, random) => {
    const cells = Float32Array.from({ length: 64 * 64 }, () => 0.4 + 0.6 * random());
    return (u, v) => cells[(Math.floor(v / 3 + 256) % 64) * 64 + (Math.floor(u / 3 + 256) % 64)]!;
  },
};
