import type { Blob } from './blobs.ts';
import { fitMotion, residual } from './fitMotion.ts';
import type { Flow } from './flow.ts';
import { type MotionSegment, segmentOf, spinOf } from './motionSegment.ts';

/** One segment where one motion explains most of a blob; two where two motions explain clearly more: two things that touch. */
export function splitBlob(blob: Blob, members: readonly number[], flow: Flow): MotionSegment[] {
  const whole = segmentOf(blob, members, flow);
  const agreed = whole.fit?.agreed ?? 0;
  if (members.length < MANY || agreed > ONE_MOTION) return [whole];
  const first = bestSeed(blob, members, flow);
  const second =
    first &&
    bestSeed(
      blob,
      members.filter((i) => Math.abs(residual(flow, i, first)) > 0.5),
      flow,
    );
  if (!first || !second) return [whole];
  const parts = twoMotions(members, flow, first, second);
  if (parts.some((part) => part.length < FEWEST_SHARE * members.length)) return [whole];
  const segments = parts.map((part) => {
    const own = blobOfFlow(part, flow, blob, part.length / members.length);
    return segmentOf(own, part, flow);
  });
  const [p, q] = [segments[0]!, segments[1]!];
  const explained = ((p.fit?.agreed ?? 0) * p.members.length + (q.fit?.agreed ?? 0) * q.members.length) / members.length;
  return p.fit && q.fit && explained > agreed + 0.1 && areDistinct(p, q) ? segments : [whole];
}

const MANY = 150;
const ONE_MOTION = 0.8;
const FEWEST_SHARE = 0.15;

/** Fits a motion around each of some members, taken evenly, and returns the one that most members agree with. Deterministic. */
function bestSeed(blob: Blob, members: readonly number[], flow: Flow): readonly number[] | undefined {
  const reach = Math.max(8, spinOf(blob).radius * 0.3);
  let best: readonly number[] | undefined;
  let most = 0;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const middle = members[Math.floor(((seed + 0.5) * members.length) / SEEDS)];
    if (middle === undefined) return undefined;
    const near = members.filter((i) => Math.abs(flow.x[i]! - flow.x[middle]!) < reach && Math.abs(flow.y[i]! - flow.y[middle]!) < reach);
    const fit = near.length < 20 ? undefined : fitMotion(flow, near);
    if (!fit || fit.agreed < 0.5) continue;
    const motion = [fit.vx, fit.vy];
    const agreeing = members.reduce((sum, i) => sum + (Math.abs(residual(flow, i, motion)) < 0.35 ? 1 : 0), 0);
    if (agreeing > most) {
      most = agreeing;
      best = motion;
    }
  }
  return best;
}

const SEEDS = 20;

/**
 * Assigns each member to the motion that explains it better and whose other members are nearer, then fits the motions again, some rounds
 * long (as k-means does).
 */
function twoMotions(members: readonly number[], flow: Flow, first: readonly number[], second: readonly number[]): [number[], number[]] {
  let motions = [first, second];
  let centres: { x: number; y: number; spread: number }[] = [];
  let parts: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    const costOf = (i: number, k: number): number => {
      const centre = centres[k];
      const away = centre ? (flow.x[i]! - centre.x) ** 2 + (flow.y[i]! - centre.y) ** 2 : 0;
      return Math.min(1.5, Math.abs(residual(flow, i, motions[k]!))) + (centre ? (0.4 * away) / centre.spread : 0);
    };
    parts = [[], []];
    for (const i of members) parts[costOf(i, 0) <= costOf(i, 1) ? 0 : 1].push(i);
    if (parts.some((part) => part.length < 20)) break;
    motions = parts.map((part, k) => {
      const fit = fitMotion(flow, part);
      return fit ? [fit.vx, fit.vy] : motions[k]!;
    });
    centres = parts.map((part) => centreOf(part, flow));
  }
  return parts;
}

function centreOf(part: readonly number[], flow: Flow): { x: number; y: number; spread: number } {
  const x = part.reduce((sum, i) => sum + flow.x[i]!, 0) / part.length;
  const y = part.reduce((sum, i) => sum + flow.y[i]!, 0) / part.length;
  return { x, y, spread: Math.max(16, part.reduce((sum, i) => sum + (flow.x[i]! - x) ** 2 + (flow.y[i]! - y) ** 2, 0) / part.length) };
}

const quantile = (values: readonly number[], q: number): number => values[Math.floor(q * (values.length - 1))]!;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The part of a blob that some of its flow lies in. */
function blobOfFlow(part: readonly number[], flow: Flow, whole: Blob, share: number): Blob {
  const xs = part.map((i) => flow.x[i]!).toSorted((a, b) => a - b);
  const ys = part.map((i) => flow.y[i]!).toSorted((a, b) => a - b);
  return {
    left: quantile(xs, 0.03),
    right: quantile(xs, 0.97),
    top: quantile(ys, 0.03),
    bottom: quantile(ys, 0.97),
    x: mean(xs),
    y: mean(ys),
    active: whole.active * share,
    events: whole.events * share,
    on: whole.on * share,
  };
}

const overlapOf = (m: readonly [number, number], n: readonly [number, number]): number =>
  Math.max(0, Math.min(m[1], n[1]) - Math.max(m[0], n[0]));

/** Whether two segments have other directions or other places: parts in one place with one direction are one thing with a rough fit. */
function areDistinct({ blob: a, fit: p }: MotionSegment, { blob: b, fit: q }: MotionSegment): boolean {
  const cosine = (p!.vx * q!.vx + p!.vy * q!.vy) / Math.max(1e-9, Math.hypot(p!.vx, p!.vy) * Math.hypot(q!.vx, q!.vy));
  const common = overlapOf([a.left, a.right], [b.left, b.right]) * overlapOf([a.top, a.bottom], [b.top, b.bottom]);
  const smaller = Math.min((a.right - a.left) * (a.bottom - a.top), (b.right - b.left) * (b.bottom - b.top));
  return common < 0.3 * smaller || (common < 0.8 * smaller && cosine < 0.5) || cosine < -0.5;
}
