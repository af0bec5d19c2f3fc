import type { EventWindow } from '../frame/eventWindow.ts';

/** The events of one window on a grid of at most some 400 cells a side, as two surfaces of first times. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Pixels of the sensor per cell of the grid, in each direction. */
  readonly scale: number;
  /** Events of a cell. */
  readonly counts: Uint16Array;
  readonly onCounts: Uint16Array;
  /** Time of the first OFF and the first ON event of a cell, in seconds since the window's start; -1 where there is none. */
  readonly first: readonly [Float32Array, Float32Array];
}

const LONG_SIDE = 420;

export function surfaceOf(window: EventWindow): Surface {
  const scale = Math.max(1, Math.ceil(Math.max(window.width, window.height) / LONG_SIDE));
  const width = Math.ceil(window.width / scale);
  const height = Math.ceil(window.height / scale);
  const size = width * height;
  const counts = new Uint16Array(size);
  const onCounts = new Uint16Array(size);
  const first: [Float32Array, Float32Array] = [new Float32Array(size).fill(-1), new Float32Array(size).fill(-1)];
  for (const { events, from, to } of window.slices) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i += 1) {
      const cell = Math.floor(y[i]! / scale) * width + Math.floor(x[i]! / scale);
      counts[cell]! += 1;
      onCounts[cell]! += p[i]!;
      const surface = first[p[i]! as 0 | 1];
      if (surface[cell] === -1) surface[cell] = (t[i]! - window.start) / 1e6;
    }
  }
  dropTimesAtStart(first, (window.end - window.start) / 1e6);
  clearNoise(width, height, counts, onCounts, first);
  return { width, height, scale, counts, onCounts, first };
}

/**
 * Where an edge was passing when the window began, the first time tells when the window began and not when the edge came:
 * such times would make all speeds seem higher.
 */
function dropTimesAtStart(first: readonly [Float32Array, Float32Array], seconds: number): void {
  for (const times of first) for (let cell = 0; cell < times.length; cell += 1) if (times[cell]! < AT_START * seconds) times[cell] = -1;
}

/** Share of the window. */
const AT_START = 0.18;

/**
 * Active neighbours that noise hardly ever has: from the density of the median tile, which in a picture of things is background.
 * Between those of a thin line and those of a broad edge.
 */
function neighboursOfSignal(width: number, height: number, counts: Uint16Array): number {
  const columns = width >> 3;
  const active = new Uint8Array(columns * (height >> 3));
  for (let y = 0; y < (height >> 3) << 3; y += 1) {
    for (let x = 0; x < columns << 3; x += 1) if (counts[y * width + x]! > 0) active[(y >> 3) * columns + (x >> 3)]! += 1;
  }
  const expected = (24 * (active.toSorted()[active.length >> 1] ?? 0)) / 64;
  return Math.min(9, Math.max(4, Math.ceil(expected + 4 * Math.sqrt(expected))));
}

/** Clears cells without enough active neighbours in the 5 x 5 cells around them, as noise has, and hot pixels. */
function clearNoise(
  width: number,
  height: number,
  counts: Uint16Array,
  onCounts: Uint16Array,
  first: readonly [Float32Array, Float32Array],
): void {
  const alone: number[] = [];
  const fewest = neighboursOfSignal(width, height, counts);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cell = y * width + x;
      if (counts[cell] === 0) continue;
      let neighbours = -1;
      let near = 0;
      for (let v = Math.max(0, y - 2); v <= Math.min(height - 1, y + 2); v += 1) {
        for (let u = Math.max(0, x - 2); u <= Math.min(width - 1, x + 2); u += 1) {
          const count = counts[v * width + u]!;
          if (count > 0) neighbours += 1;
          near += count;
        }
      }
      const hot = counts[cell]! > 5 && counts[cell]! > 0.6 * near;
      if (neighbours < fewest || hot) alone.push(cell);
    }
  }
  for (const cell of alone) {
    counts[cell] = 0;
    onCounts[cell] = 0;
    first[0][cell] = -1;
    first[1][cell] = -1;
  }
}
