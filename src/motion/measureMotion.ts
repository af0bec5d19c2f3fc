import type { EventWindow } from '../frame/eventWindow.ts';
import type { BlobMotion, MotionFacts } from '../frame/motionFacts.ts';
import { blobMotion } from './blobMotion.ts';
import { findBlobs } from './blobs.ts';
import { localFlow } from './flow.ts';
import { joinSegments } from './joinSegments.ts';
import type { MotionSegment } from './motionSegment.ts';
import { splitBlob } from './splitBlob.ts';
import { type Surface, surfaceOf } from './surface.ts';

/**
 * Measures motion from the events of a window alone: blobs of activity, and their motion from local flow. A pure function; 2 to 10 ms
 * for a window of a DAVIS346. Its limits: an edge shows only the motion across it, what is slower than about a pixel per window has
 * no direction, and things that move alike are one where they are nearer to each other than they are large.
 */
export function measureMotion(window: EventWindow): MotionFacts {
  const surface = surfaceOf(window);
  const seconds = (window.end - window.start) / 1e6;
  const blobs = segmentsOf(surface)
    .map((segment) => ({ motion: blobMotion(segment, surface.scale, seconds), hasFlow: segment.fit !== undefined }))
    // A few scattered cells without a common flow are noise, not a thing.
    .filter(({ motion, hasFlow }) => hasFlow || motion.kind === 'flickering')
    .map(({ motion }) => motion)
    .toSorted((p, q) => q.events - p.events);
  const withoutNoise = surface.counts.reduce((sum, count) => sum + count, 0);
  return {
    blobs,
    what: whatMoves(blobs, window),
    density: window.count / Math.max(1, window.width * window.height),
    on: window.count > 0 ? window.on / window.count : 0,
    noise: window.count > 0 ? 1 - withoutNoise / window.count : 0,
  };
}

/** Blobs, split where they hold two motions and joined where they have one. */
function segmentsOf(surface: Surface): MotionSegment[] {
  const flow = localFlow(surface);
  const { blobs, at } = findBlobs(surface);
  const members: number[][] = blobs.map(() => []);
  for (let i = 0; i < flow.length; i += 1) members[at(flow.x[i]!, flow.y[i]!)]?.push(i);
  return joinSegments(
    blobs.flatMap((blob, k) => splitBlob(blob, thinned(members[k]!), flow)),
    flow,
  );
}

/** Some hundred places of a blob are enough to measure its motion. */
const thinned = (members: readonly number[]): readonly number[] =>
  members.length <= ENOUGH ? members : Array.from({ length: ENOUGH }, (_, k) => members[Math.floor((k * members.length) / ENOUGH)]!);

const ENOUGH = 600;

/** One motion over most of the picture is that of the camera. */
function whatMoves(blobs: readonly BlobMotion[], { width, height }: EventWindow): MotionFacts['what'] {
  const [largest] = blobs;
  if (!largest) return 'still';
  return largest.width > 0.85 * width && largest.height > 0.85 * height ? 'camera' : 'things';
}
