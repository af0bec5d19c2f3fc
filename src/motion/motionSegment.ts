import type { Blob } from './blobs.ts';
import { type FittedMotion, type Spin, fitMotion } from './fitMotion.ts';
import type { Flow } from './flow.ts';

/** A blob, or the part of it that moves as one, with the motion that its flow shows. */
export interface MotionSegment {
  readonly blob: Blob;
  /** Indices of its flow. */
  readonly members: readonly number[];
  readonly fit: FittedMotion | undefined;
}

export const segmentOf = (blob: Blob, members: readonly number[], flow: Flow): MotionSegment => ({
  blob,
  members,
  fit: bestFit(blob, members, flow),
});

/** A plain motion, or one with turning and growing where that explains clearly more. */
function bestFit(blob: Blob, members: readonly number[], flow: Flow): FittedMotion | undefined {
  if (members.length < 12) return undefined;
  const plain = fitMotion(flow, members);
  const full = fitMotion(flow, members, spinOf(blob));
  return !plain || (full && full.agreed > plain.agreed + 0.05 && full.roundness > 0.2) ? full : plain;
}

export const spinOf = ({ x, y, left, right, top, bottom }: Blob): Spin => ({ x, y, radius: Math.max(4, right - left, bottom - top) / 2 });
