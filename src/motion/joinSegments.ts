import type { Blob } from './blobs.ts';
import { fitMotion } from './fitMotion.ts';
import type { Flow } from './flow.ts';
import { type MotionSegment, spinOf } from './motionSegment.ts';

/** Joins the segments of one thing: edges with the same motion, or arms that turn about one centre. */
export function joinSegments(segments: readonly MotionSegment[], flow: Flow): MotionSegment[] {
  const left = [...segments];
  for (let i = 0; i < left.length; i += 1) {
    for (let j = i + 1; j < left.length; j += 1) {
      const [p, q] = [left[i]!, left[j]!];
      const one = haveOneMotion(p, q) ? union(p, q) : unionThatTurns(p, q, flow);
      if (!one) continue;
      left.splice(j, 1);
      left[i] = one;
      j = i;
    }
  }
  return left;
}

/** Both segments as one, where they turn about a common centre rather than move. */
function unionThatTurns(p: MotionSegment, q: MotionSegment, flow: Flow): MotionSegment | undefined {
  if (!p.fit || !q.fit || distance(p.blob, q.blob) >= 8) return undefined;
  const both = union(p, q);
  const fit = fitMotion(flow, both.members, spinOf(both.blob));
  if (!fit || fit.agreed < 0.8 || Math.abs(fit.turn) * spinOf(both.blob).radius < 1.2 * Math.hypot(fit.vx, fit.vy)) return undefined;
  return { ...both, fit };
}

/** Whether two segments move alike and are near each other, or are two sides of one thing. */
function haveOneMotion({ fit: p, blob: a }: MotionSegment, { fit: q, blob: b }: MotionSegment): boolean {
  if (!p || !q || p.agreed < 0.6 || q.agreed < 0.6) return false;
  const speed = Math.max(Math.hypot(p.vx, p.vy), Math.hypot(q.vx, q.vy));
  if (Math.hypot(p.vx - q.vx, p.vy - q.vy) > 0.35 * speed) return false;
  const alongX = Math.abs(p.vx + q.vx) >= Math.abs(p.vy + q.vy);
  const across = (blob: Blob): [number, number] => (alongX ? [blob.top, blob.bottom] : [blob.left, blob.right]);
  const along = (blob: Blob): [number, number] => (alongX ? [blob.left, blob.right] : [blob.top, blob.bottom]);
  const [wide, other] = [across(a), across(b)];
  const overlap = Math.min(wide[1], other[1]) - Math.max(wide[0], other[0]);
  const [most, least] = [wide[1] - wide[0], other[1] - other[0]].toSorted((m, n) => n - m) as [number, number];
  const gap = Math.max(along(a)[0], along(b)[0]) - Math.min(along(a)[1], along(b)[1]);
  const areTwoSides = overlap > 0.7 * most && least > 0.7 * most && gap < 1.1 * most;
  return areTwoSides || distance(a, b) < Math.min(40, Math.max(extent(a), extent(b)));
}

const extent = ({ left, right, top, bottom }: Blob): number => Math.max(right - left, bottom - top);

/** Between the bounding boxes of two blobs; 0 where they touch. */
const distance = (a: Blob, b: Blob): number =>
  Math.max(0, Math.max(a.left, b.left) - Math.min(a.right, b.right), Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom));

function union(p: MotionSegment, q: MotionSegment): MotionSegment {
  const [a, b] = [p.blob, q.blob];
  const active = a.active + b.active;
  const weighted = (m: number, n: number): number => (m * a.active + n * b.active) / active;
  const [f, g] = [p.fit!, q.fit!];
  const blob = {
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
  return { blob, members: [...p.members, ...q.members], fit };
}
