import type { Flow } from './flow.ts';

/** The motion fitted to local flow: v(x) = v + turn * (-(y - cy), x - cx) + grow * (x - cx, y - cy), grid cells and seconds. */
export interface FittedMotion {
  readonly vx: number;
  readonly vy: number;
  /** Radians per second, clockwise on the picture. */
  readonly turn: number;
  /** Share of growth per second. */
  readonly grow: number;
  /** Share of the flow that agrees with it, 0..1. */
  readonly agreed: number;
  /** How well both components of v are determined: smaller by larger eigenvalue of the normal equations of v, 0..1. */
  readonly roundness: number;
}

/** The centre of turning and growing; the radius gives all unknowns the same scale. */
export interface Spin {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

const ROUNDS = 6;
const TOLERANCE = 0.5;

/**
 * Least squares over a * vx(x) + b * vy(x) = 1 with weights that fall with the residual (iteratively), so that a
 * second motion or bad planes have little weight. Turning and growing only with `centre`, and damped: with short edges
 * they can hardly be distinguished from moving.
 */
export function fitMotion(flow: Flow, members: readonly number[], centre?: Spin): FittedMotion | undefined {
  const unknowns = centre ? 4 : 2;
  const weights = new Float64Array(members.length).fill(1);
  let solution: number[] | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    solution = solve(normalEquations(flow, members, weights, unknowns, centre), unknowns);
    if (!solution) return undefined;
    for (const [k, i] of members.entries()) weights[k] = 1 / (1 + (residual(flow, i, solution, centre) / TOLERANCE) ** 2);
  }
  const sides = sidesOf(flow, members, weights);
  if (!centre && sides.roundness < STRAIGHT) solution = across(flow, members, weights, sides.angle);
  const [vx, vy, turn = 0, grow = 0] = solution as [number, number, number?, number?];
  const agreed = members.filter((i) => Math.abs(residual(flow, i, solution!, centre)) < TOLERANCE).length / members.length;
  const radius = centre?.radius ?? 1;
  return { vx, vy, turn: turn / radius, grow: grow / radius, agreed, roundness: sides.roundness };
}

export const residual = (flow: Flow, i: number, [vx = 0, vy = 0, turn = 0, grow = 0]: readonly number[], centre?: Spin): number => {
  const a = flow.a[i]!;
  const b = flow.b[i]!;
  if (!centre) return a * vx + b * vy - 1;
  const dx = (flow.x[i]! - centre.x) / centre.radius;
  const dy = (flow.y[i]! - centre.y) / centre.radius;
  return a * (vx - turn * dy + grow * dx) + b * (vy + turn * dx + grow * dy) - 1;
};

/** Upper triangle and right side, row by row: [A | y]. */
function normalEquations(flow: Flow, members: readonly number[], weights: Float64Array, unknowns: number, centre?: Spin): number[][] {
  const rows = Array.from({ length: unknowns }, () => Array.from({ length: unknowns + 1 }, () => 0));
  const row = [0, 0, 0, 0];
  for (const [k, i] of members.entries()) {
    const a = flow.a[i]!;
    const b = flow.b[i]!;
    row[0] = a;
    row[1] = b;
    if (centre) {
      const dx = (flow.x[i]! - centre.x) / centre.radius;
      const dy = (flow.y[i]! - centre.y) / centre.radius;
      row[2] = b * dx - a * dy;
      row[3] = a * dx + b * dy;
    }
    for (let r = 0; r < unknowns; r += 1) {
      for (let c = 0; c < unknowns; c += 1) rows[r]![c]! += weights[k]! * row[r]! * row[c]!;
      rows[r]![unknowns]! += weights[k]! * row[r]!;
    }
  }
  const damping = 0.02 * (rows[0]![0]! + rows[1]![1]!);
  for (let r = 2; r < unknowns; r += 1) rows[r]![r]! += damping;
  for (let r = 0; r < 2; r += 1) rows[r]![r]! += 0.01 * damping;
  return rows;
}

/** Gauss-Jordan with pivots. */
function solve(rows: number[][], unknowns: number): number[] | undefined {
  for (let k = 0; k < unknowns; k += 1) {
    let pivot = k;
    for (let r = k + 1; r < unknowns; r += 1) if (Math.abs(rows[r]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = r;
    if (Math.abs(rows[pivot]![k]!) < 1e-18) return undefined;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let r = 0; r < unknowns; r += 1) {
      if (r === k) continue;
      const factor = rows[r]![k]! / rows[k]![k]!;
      for (let c = k; c <= unknowns; c += 1) rows[r]![c]! -= factor * rows[k]![c]!;
    }
  }
  return rows.map((row, k) => row[unknowns]! / row[k]!);
}

/** How evenly the edges face all directions (1: a circle, 0: parallel lines), and the angle that most of them face. */
function sidesOf(flow: Flow, members: readonly number[], weights: Float64Array): { roundness: number; angle: number } {
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (const [k, i] of members.entries()) {
    const slope = Math.hypot(flow.a[i]!, flow.b[i]!);
    const a = flow.a[i]! / slope;
    const b = flow.b[i]! / slope;
    aa += weights[k]! * a * a;
    ab += weights[k]! * a * b;
    bb += weights[k]! * b * b;
  }
  const spread = Math.hypot(aa - bb, 2 * ab);
  return { roundness: (aa + bb - spread) / (aa + bb + spread), angle: Math.atan2(2 * ab, aa - bb) / 2 };
}

/** Below this the motion along the edges is a guess: the aperture problem. */
const STRAIGHT = 0.12;

/** The motion across parallel edges: one unknown. */
function across(flow: Flow, members: readonly number[], weights: Float64Array, angle: number): number[] {
  const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
  let gg = 0;
  let g1 = 0;
  for (const [k, i] of members.entries()) {
    const g = flow.a[i]! * nx + flow.b[i]! * ny;
    gg += weights[k]! * g * g;
    g1 += weights[k]! * g;
  }
  const speed = gg > 0 ? g1 / gg : 0;
  return [speed * nx, speed * ny];
}
