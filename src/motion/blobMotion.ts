import type { BlobMotion } from '../frame/motionFacts.ts';
import type { Blob } from './blobs.ts';
import type { FittedMotion } from './fitMotion.ts';
import type { MotionSegment } from './motionSegment.ts';

/**
 * A segment in pixels of the sensor and seconds.
 * @param scale pixels per cell of the grid
 * @param seconds length of the window
 */
export function blobMotion({ blob, fit }: MotionSegment, scale: number, seconds: number): BlobMotion {
  const width = (blob.right - blob.left + 1) * scale;
  const height = (blob.bottom - blob.top + 1) * scale;
  const place = { x: (blob.x + 0.5) * scale, y: (blob.y + 0.5) * scale, width, height, events: Math.round(blob.events) };
  const kind = kindOf(blob, fit, seconds);
  const directed = fit && kind === 'moving';
  return {
    ...place,
    on: blob.on / Math.max(1, blob.events),
    vx: directed ? fit.vx * scale : 0,
    vy: directed ? fit.vy * scale : 0,
    turn: fit && kind === 'rotating' ? fit.turn : 0,
    kind,
  };
}

function kindOf(blob: Blob, fit: FittedMotion | undefined, seconds: number): BlobMotion['kind'] {
  const perPixel = blob.events / blob.active;
  const mixed = Math.abs(blob.on / blob.events - 0.5) < 0.25;
  if (!fit || fit.agreed < 0.45) return perPixel > 4 && mixed ? 'flickering' : 'unclear';
  const radius = Math.max(blob.right - blob.left, blob.bottom - blob.top) / 2;
  const speed = Math.hypot(fit.vx, fit.vy);
  const rim = Math.max(Math.abs(fit.turn), Math.abs(fit.grow)) * radius;
  if (rim > 1.5 * speed && rim * seconds > 1)
    return Math.abs(fit.turn) >= Math.abs(fit.grow) ? 'rotating' : fit.grow > 0 ? 'growing' : 'shrinking';
  return speed * seconds > 0.6 ? 'moving' : 'unclear';
}
