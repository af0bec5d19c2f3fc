import type { NgramCounts } from './countNgrams.ts';
import { mulberry32, shuffle } from '../random.ts';

/*
  L2-regularised L2-loss linear SVM by dual coordinate descent: Hsieh, Chang, Lin, Keerthi, Sundararajan,
  "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithm 1. One against the rest.
  min_w  w.w / 2 + C * sum max(0, 1 - y_i w.x_i)^2;  the bias is one more feature that is 1 in every document.
*/

const C = 1;
const MAX_ROUNDS = 60;
const TOLERANCE = 0.1;

/** The class of each document that is not in training, as guessed from those that are; -1 for those. */
export function linearSvm(
  rows: NgramCounts,
  weights: Float64Array,
  classes: Uint8Array,
  classCount: number,
  training: Uint8Array,
): Int16Array {
  const models = Array.from({ length: classCount }, (_, k) => train(rows, weights, classes, k, training));
  const guesses = new Int16Array(classes.length).fill(-1);
  for (let i = 0; i < classes.length; i += 1) {
    if (training[i]) continue;
    let best = -Infinity;
    for (const [k, model] of models.entries()) {
      const score = dot(rows, weights, i, model);
      if (score > best) {
        best = score;
        guesses[i] = k;
      }
    }
  }
  return guesses;
}

/** One hyperplane: class `k` against the rest. The last number is the bias. */
function train(rows: NgramCounts, weights: Float64Array, classes: Uint8Array, k: number, training: Uint8Array): Float64Array {
  const { starts, features, size } = rows;
  const plane = new Float64Array(size + 1);
  const alpha = new Float64Array(classes.length);
  const order = Array.from(classes.keys()).filter((i) => training[i]);
  const random = mulberry32(k + 1);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let worst = 0;
    for (const i of shuffle(order, random)) {
      const sign = classes[i] === k ? 1 : -1;
      const gradient = sign * dot(rows, weights, i, plane) - 1 + alpha[i]! / (2 * C);
      const projected = alpha[i] === 0 ? Math.min(gradient, 0) : gradient;
      worst = Math.max(worst, Math.abs(projected));
      if (projected === 0) continue;
      const before = alpha[i]!;
      alpha[i] = Math.max(before - gradient / (squared(rows, weights, i) + 1 / (2 * C)), 0);
      const step = (alpha[i] - before) * sign;
      for (let at = starts[i]!; at < starts[i + 1]!; at += 1) plane[features[at]!]! += step * weights[at]!;
      plane[size]! += step;
    }
    if (worst < TOLERANCE) break;
  }
  return plane;
}

function dot({ starts, features, size }: NgramCounts, weights: Float64Array, i: number, plane: Float64Array): number {
  let sum = plane[size]!;
  for (let at = starts[i]!; at < starts[i + 1]!; at += 1) sum += plane[features[at]!]! * weights[at]!;
  return sum;
}

function squared({ starts }: NgramCounts, weights: Float64Array, i: number): number {
  let sum = 1;
  for (let at = starts[i]!; at < starts[i + 1]!; at += 1) sum += weights[at]! * weights[at]!;
  return sum;
}
