import { sfc32 } from '../../../src/random.ts';

/** Draws an integer from 0 to below `below`. */
export type Draw = (below: number) => number;

/** The same seed gives the same numbers. */
export function seededDraw(seed: number): Draw {
  const random = sfc32(seed);
  return (below) => Math.floor(random() * below);
}

export const oneOf = <Value>(draw: Draw, values: readonly Value[]): Value => values[draw(values.length)]!;
