import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import type { Pixels } from '../renderer.ts';

export interface CanvasOptions {
  /**
   * Largest long side of the picture in pixels. A larger sensor is binned: k x k sensor pixels make one, with the smallest
   * whole k that fits, so that every bin weighs the same and no colour is mixed. Absent: as large as the sensor.
   */
  longSide?: number;
  /**
   * Smallest short side of the picture in pixels. Each pixel of a smaller sensor is repeated a whole number of times, because
   * models see little in pictures under 200 pixels. `longSide` goes first. @default 200
   */
  minSide?: number;
}

/** The fields of `CanvasOptions`, for the schema of a renderer. */
export const canvasFields = {
  longSide: z.int().positive().max(8192).optional(),
  minSide: z.int().nonnegative().max(1024).default(200),
};

/** Where the pixels of a sensor lie in a picture. */
export interface Canvas {
  /** Bins across and down; a picture before it is enlarged. */
  readonly width: number;
  readonly height: number;
  /** Bin of an event: `row[y] + column[x]`. */
  readonly row: Uint32Array;
  readonly column: Uint32Array;
  /** Sensor pixels across and down of one bin. */
  readonly bin: number;
  /** How many pixels across and down each bin becomes. */
  readonly repeat: number;
}

/** Pixels to which a picture is enlarged at most: a sensor of one row and many columns would become a picture without end. */
const MOST_ENLARGED = 2 ** 24;

/** Makes canvases for a renderer. Sensors keep their size, so the last canvas is reused. The function throws RENDER_FAILED. */
export function canvases({
  longSide,
  minSide = 200,
}: {
  readonly longSide?: number | undefined;
  readonly minSide?: number;
}): (sensor: { readonly width: number; readonly height: number }) => Canvas {
  let last: { readonly width: number; readonly height: number; readonly canvas: Canvas } | undefined;
  return ({ width, height }) => {
    if (last?.width !== width || last.height !== height) last = { width, height, canvas: makeCanvas(width, height, longSide, minSide) };
    return last.canvas;
  };
}

function makeCanvas(width: number, height: number, longSide: number | undefined, minSide: number): Canvas {
  if (!(width > 0 && height > 0)) {
    throw new PipelineError(
      'RENDER_FAILED',
      `a window of a sensor of ${width} x ${height} pixels cannot be drawn; give the source its geometry`,
    );
  }
  const long = Math.max(width, height);
  const bin = longSide ? Math.ceil(long / longSide) : 1;
  const [across, down] = [Math.ceil(width / bin), Math.ceil(height / bin)];
  const enlarge = Math.ceil(minSide / Math.min(across, down));
  const room = longSide ? Math.floor(longSide / Math.max(across, down)) : Math.floor(Math.sqrt(MOST_ENLARGED / (across * down)));
  return {
    width: across,
    height: down,
    bin,
    row: Uint32Array.from({ length: height }, (_, y) => Math.floor(y / bin) * across),
    column: Uint32Array.from({ length: width }, (_, x) => Math.floor(x / bin)),
    repeat: Math.max(1, Math.min(enlarge, room)),
  };
}

/** One byte for each value. A plain loop: `Uint8Array.from` with a function takes ten times as long. */
export function bytesOf(values: Uint32Array | Int32Array | Float64Array, byte: (value: number) => number): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byte(values[i]!);
  return bytes;
}

/** The picture of a canvas, enlarged by its `repeat`. */
export function picture({ width, height, repeat }: Canvas, data: Uint8Array, channels: 1 | 3): Pixels {
  if (repeat === 1) return { width, height, channels, data };
  const line = width * repeat * channels;
  const large = new Uint8Array(line * height * repeat);
  for (let y = 0; y < height; y++) {
    const begin = y * repeat * line;
    for (let x = 0, to = begin; x < width; x++) {
      const from = (y * width + x) * channels;
      for (let r = 0; r < repeat; r++) for (let c = 0; c < channels; c++) large[to++] = data[from + c]!;
    }
    for (let r = 1; r < repeat; r++) large.copyWithin(begin + r * line, begin, begin + line);
  }
  return { width: width * repeat, height: height * repeat, channels, data: large };
}
