import type { Canvas } from './canvas.ts';
import type { EventSlice } from '../eventWindow.ts';

/** The number of OFF and of ON events of each bin. */
export function polarityCounts(
  { width, height, row, column }: Canvas,
  slices: readonly EventSlice[],
): readonly [off: Uint32Array, on: Uint32Array] {
  const size = width * height;
  const both = new Uint32Array(2 * size);
  for (const { events, from, to } of slices) {
    const { x, y, p } = events;
    for (let i = from; i < to; i++) both[row[y[i]!]! + column[x[i]!]! + size * p[i]!]!++;
  }
  return [both.subarray(0, size), both.subarray(size)];
}

export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}
