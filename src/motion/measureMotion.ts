import { type Patch, patchesOf } from './blobs.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import { type FittedMotion, type Spin, fitMotion, residual } from './fitMotion.ts';
import { type Flow, localFlow } from './flow.ts';
import type { MotionFacts, Mover } from '../frame/motionFacts.ts';
import { surfaceOf } from './surface.ts';

/** A patch, or the part of it that moves as one, with what its flow says. */
interface Blob {
  readonly patch: Patch;
  readonly members: readonly number[];
  readonly fit: FittedMotion | undefined;
}

/**
 * What the events of a window say by themselves: patches of activity and their motion from local flow. A pure
 * function; 2 to 10 ms a window of a DAVIS346. Its limits: an edge shows only the motion across it, what is
 * slower than about a pixel per window has no direction, and things that move alike are one where they are nearer to
 * each other than they are large.
 */
export function measureMotion(window: EventWindow): MotionFacts {
  const surface = surfaceOf(window);
  const flow = localFlow(surface);
  const { patches, at } = patchesOf(surface);
  const members: number[][] = patches.map(() => []);
  for (let i = 0; i < flow.length; i += 1) members[at(flow.x[i]!, flow.y[i]!)]?.push(i);
  const blobs = joined(
    patches.flatMap((patch, k) => split(patch, thinned(members[k]!), flow)),
    flow,
  );
  const kept = surface.counts.reduce((sum, count) => sum + count, 0);
  const seconds = (window.end - window.start) / 1e6;
  const movers = blobs
    .map((blob) => ({ mover: moverOf(blob, surface.scale, seconds), told: blob.fit !== undefined }))
    // A few scattered cells that no flow goes through are noise, not a thing.
    .filter(({ mover, told }) => told || mover.kind === 'flickering')
    .map(({ mover }) => mover)
    .toSorted((p, q) => q.events - p.events);
  return {
    movers,
    what: whatMoves(movers, window),
    density: window.count / Math.max(1, window.width * window.height),
    on: window.count > 0 ? window.on / window.count : 0,
    noise: window.count > 0 ? 1 - kept / window.count : 0,
  };
}

/** Motion needs some hundred places of a patch, not all of them. */
const thinned = (members: readonly number[]): readonly number[] =>
  members.length <= ENOUGH ? members : Array.from({ length: ENOUGH }, (_, k) => members[Math.floor((k * members.length) / ENOUGH)]!);

const ENOUGH = 600;

const spinOf = ({ x, y, left, right, top, bottom }: Patch): Spin => ({ x, y, radius: Math.max(4, right - left, bottom - top) / 2 });

/** One motion explains most of a patch, or two do so clearly better: two things that touch. */
function split(patch: Patch, members: readonly number[], flow: Flow): Blob[] {
  const whole = { patch, members, fit: bestFit(patch, members, flow) };
  const agreed = whole.fit?.agreed ?? 0;
  if (members.length < MANY || agreed > ONE_MOTION) return [whole];
  const first = bestSeed(patch, members, flow);
  const second =
    first &&
    bestSeed(
      patch,
      members.filter((i) => Math.abs(residual(flow, i, first)) > 0.5),
      flow,
    );
  if (!first || !second) return [whole];
  const parts = twoMotions(members, flow, first, second);
  if (parts.some((part) => part.length < FEWEST_SHARE * members.length)) return [whole];
  const blobs = parts.map((part) => {
    const own = patchOfFlow(part, flow, patch, part.length / members.length);
    return { patch: own, members: part, fit: bestFit(own, part, flow) };
  });
  const [p, q] = [blobs[0]!, blobs[1]!];
  const explained = ((p.fit?.agreed ?? 0) * p.members.length + (q.fit?.agreed ?? 0) * q.members.length) / members.length;
  return p.fit && q.fit && explained > agreed + 0.1 && differ(p, q) ? blobs : [whole];
}

const MANY = 150;
const ONE_MOTION = 0.8;
const FEWEST_SHARE = 0.15;

/** The motion of the surroundings of some member that most of the members agree with. Seeds are taken evenly: no chance in it. */
function bestSeed(patch: Patch, members: readonly number[], flow: Flow): readonly number[] | undefined {
  const reach = Math.max(8, spinOf(patch).radius * 0.3);
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

/** Each member goes to the motion that explains it better, also by where the others of that motion are; then the motions are fitted again. */
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

function patchOfFlow(part: readonly number[], flow: Flow, whole: Patch, share: number): Patch {
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

/** A plain motion, or one with turning and growing where that explains clearly more. */
function bestFit(patch: Patch, members: readonly number[], flow: Flow): FittedMotion | undefined {
  if (members.length < 12) return undefined;
  const plain = fitMotion(flow, members);
  const full = fitMotion(flow, members, spinOf(patch));
  return !plain || (full && full.agreed > plain.agreed + 0.05 && full.roundness > 0.2) ? full : plain;
}

const overlapOf = (m: readonly [number, number], n: readonly [number, number]): number =>
  Math.max(0, Math.min(m[1], n[1]) - Math.max(m[0], n[0]));

/** Other ways, or other places: parts in one place that go the same way are one thing with a rough fit. */
function differ({ patch: a, fit: p }: Blob, { patch: b, fit: q }: Blob): boolean {
  const cosine = (p!.vx * q!.vx + p!.vy * q!.vy) / Math.max(1e-9, Math.hypot(p!.vx, p!.vy) * Math.hypot(q!.vx, q!.vy));
  const common = overlapOf([a.left, a.right], [b.left, b.right]) * overlapOf([a.top, a.bottom], [b.top, b.bottom]);
  const smaller = Math.min((a.right - a.left) * (a.bottom - a.top), (b.right - b.left) * (b.bottom - b.top));
  return common < 0.3 * smaller || (common < 0.8 * smaller && cosine < 0.5) || cosine < -0.5;
}

/** The parts of one thing: edges with the same motion, or arms that turn about one centre. */
function joined(blobs: readonly Blob[], flow: Flow): Blob[] {
  const left = [...blobs];
  for (let i = 0; i < left.length; i += 1) {
    for (let j = i + 1; j < left.length; j += 1) {
      const [p, q] = [left[i]!, left[j]!];
      const one = belong(p, q) ? together(p, q) : turningTogether(p, q, flow);
      if (!one) continue;
      left.splice(j, 1);
      left[i] = one;
      j = i;
    }
  }
  return left;
}

function turningTogether(p: Blob, q: Blob, flow: Flow): Blob | undefined {
  if (!p.fit || !q.fit || distance(p.patch, q.patch) >= 8) return undefined;
  const both = together(p, q);
  const fit = fitMotion(flow, both.members, spinOf(both.patch));
  if (!fit || fit.agreed < 0.8 || Math.abs(fit.turn) * spinOf(both.patch).radius < 1.2 * Math.hypot(fit.vx, fit.vy)) return undefined;
  return { ...both, fit };
}

function belong({ fit: p, patch: a }: Blob, { fit: q, patch: b }: Blob): boolean {
  if (!p || !q || p.agreed < 0.6 || q.agreed < 0.6) return false;
  const speed = Math.max(Math.hypot(p.vx, p.vy), Math.hypot(q.vx, q.vy));
  if (Math.hypot(p.vx - q.vx, p.vy - q.vy) > 0.35 * speed) return false;
  const alongX = Math.abs(p.vx + q.vx) >= Math.abs(p.vy + q.vy);
  const across = (patch: Patch): [number, number] => (alongX ? [patch.top, patch.bottom] : [patch.left, patch.right]);
  const along = (patch: Patch): [number, number] => (alongX ? [patch.left, patch.right] : [patch.top, patch.bottom]);
  const [wide, other] = [across(a), across(b)];
  const overlap = Math.min(wide[1], other[1]) - Math.max(wide[0], other[0]);
  const [most, least] = [wide[1] - wide[0], other[1] - other[0]].toSorted((m, n) => n - m) as [number, number];
  const gap = Math.max(along(a)[0], along(b)[0]) - Math.min(along(a)[1], along(b)[1]);
  const sides = overlap > 0.7 * most && least > 0.7 * most && gap < 1.1 * most;
  return sides || distance(a, b) < Math.min(40, Math.max(extent(a), extent(b)));
}

const extent = ({ left, right, top, bottom }: Patch): number => Math.max(right - left, bottom - top);

/** Between the boxes of two patches; 0 where they touch. */
const distance = (a: Patch, b: Patch): number =>
  Math.max(0, Math.max(a.left, b.left) - Math.min(a.right, b.right), Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom));

function together(p: Blob, q: Blob): Blob {
  const [a, b] = [p.patch, q.patch];
  const active = a.active + b.active;
  const weighted = (m: number, n: number): number => (m * a.active + n * b.active) / active;
  const [f, g] = [p.fit!, q.fit!];
  const patch = {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    x: weighted(a.x, b.x),
    y: weighted(a.y, b.y),
    active,
    events: a.events + b.events,
    on: a.on + b.on,
  };
  const fit = { ...f, vx: weighted(f.vx, g.vx), vy: weighted(f.vy, g.vy), agreed: weighted(f.agreed, g.agreed), turn: 0, grow: 0 };
  return { patch, members: [...p.members, ...q.members], fit };
}

function moverOf({ patch, fit }: Blob, scale: number, seconds: number): Mover {
  const width = (patch.right - patch.left + 1) * scale;
  const height = (patch.bottom - patch.top + 1) * scale;
  const place = { x: (patch.x + 0.5) * scale, y: (patch.y + 0.5) * scale, width, height, events: Math.round(patch.events) };
  const kind = kindOf(patch, fit, seconds);
  const directed = fit && kind === 'moving';
  return {
    ...place,
    on: patch.on / Math.max(1, patch.events),
    vx: directed ? fit.vx * scale : 0,
    vy: directed ? fit.vy * scale : 0,
    turn: fit && kind === 'rotating' ? fit.turn : 0,
    kind,
  };
}

function kindOf(patch: Patch, fit: FittedMotion | undefined, seconds: number): Mover['kind'] {
  const perPixel = patch.events / patch.active;
  const mixed = Math.abs(patch.on / patch.events - 0.5) < 0.25;
  if (!fit || fit.agreed < 0.45) return perPixel > 4 && mixed ? 'flickering' : 'unclear';
  const radius = Math.max(patch.right - patch.left, patch.bottom - patch.top) / 2;
  const speed = Math.hypot(fit.vx, fit.vy);
  const rim = Math.max(Math.abs(fit.turn), Math.abs(fit.grow)) * radius;
  if (rim > 1.5 * speed && rim * seconds > 1)
    return Math.abs(fit.turn) >= Math.abs(fit.grow) ? 'rotating' : fit.grow > 0 ? 'growing' : 'shrinking';
  return speed * seconds > 0.6 ? 'moving' : 'unclear';
}

/** One motion over most of the picture is that of the camera. */
function whatMoves(movers: readonly Mover[], { width, height }: EventWindow): MotionFacts['what'] {
  const [largest] = movers;
  if (!largest) return 'still';
  return largest.width > 0.85 * width && largest.height > 0.85 * height ? 'camera' : 'things';
}
