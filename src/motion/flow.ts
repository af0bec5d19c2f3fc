import type { Surface } from './surface.ts';

/** Local flow: the slope of the time surface where an edge passed. Columns of equal length. */
export interface Flow {
  readonly length: number;
  /** Place on the grid. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Seconds per cell to the right and down: an edge with velocity v fulfils a * vx + b * vy = 1. */
  readonly a: Float32Array;
  readonly b: Float32Array;
}

const REACH = 2;
const FEWEST = 6;

/**
 * Fits a plane t = a x + b y + c to the first times of one polarity in the 5 x 5 cells around each active cell
 * (Benosman et al., "Event-Based Visual Flow", 2014). Rough fits and steps between two edges are left out.
 */
export function localFlow({ width, height, first }: Surface): Flow {
  const capacity = 2 * width * height;
  const x = new Float32Array(capacity);
  const y = new Float32Array(capacity);
  const a = new Float32Array(capacity);
  const b = new Float32Array(capacity);
  let length = 0;
  for (const times of first) {
    for (let row = REACH; row < height - REACH; row += 1) {
      for (let column = REACH; column < width - REACH; column += 1) {
        const at = row * width + column;
        if (times[at] === -1) continue;
        const plane = planeAt(times, width, at);
        if (plane === undefined) continue;
        x[length] = column;
        y[length] = row;
        a[length] = plane[0];
        b[length] = plane[1];
        length += 1;
      }
    }
  }
  return { length, x: x.subarray(0, length), y: y.subarray(0, length), a: a.subarray(0, length), b: b.subarray(0, length) };
}

const found: [number, number] = [0, 0];

function planeAt(times: Float32Array, width: number, at: number): readonly [number, number] | undefined {
  let n = 0;
  let su = 0;
  let sv = 0;
  let st = 0;
  let suu = 0;
  let svv = 0;
  let suv = 0;
  let sut = 0;
  let svt = 0;
  let stt = 0;
  for (let v = -REACH; v <= REACH; v += 1) {
    for (let u = -REACH; u <= REACH; u += 1) {
      const t = times[at + v * width + u]!;
      if (t === -1) continue;
      n += 1;
      su += u;
      sv += v;
      st += t;
      suu += u * u;
      svv += v * v;
      suv += u * v;
      sut += u * t;
      svt += v * t;
      stt += t * t;
    }
  }
  if (n < FEWEST) return undefined;
  const uu = suu - (su * su) / n;
  const vv = svv - (sv * sv) / n;
  const uv = suv - (su * sv) / n;
  const ut = sut - (su * st) / n;
  const vt = svt - (sv * st) / n;
  const tt = stt - (st * st) / n;
  const determinant = uu * vv - uv * uv;
  if (determinant < 2 || tt <= 0) return undefined;
  const a = (ut * vv - vt * uv) / determinant;
  const b = (vt * uu - ut * uv) / determinant;
  const explained = (a * ut + b * vt) / tt;
  const slope = Math.hypot(a, b);
  if (explained < 0.5 || slope < 1e-5) return undefined;
  found[0] = a;
  found[1] = b;
  return found;
}
