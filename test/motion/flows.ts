import type { Blob } from '../../src/motion/blobs.ts';
import type { Flow } from '../../src/motion/flow.ts';

/** The outline of a disc that moves; an edge with the normal n has the plane n / (v · n). Cells and seconds. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Velocity of the outline at an angle. */
  readonly velocity: (angle: number) => readonly [vx: number, vy: number];
}

export const moves =
  (vx: number, vy: number): Disc['velocity'] =>
  () => [vx, vy];

/** Local flow of several discs, and the indices that belong to each. */
export function flowOf(discs: readonly Disc[], places = 100): { flow: Flow; members: number[][] } {
  const rows: (readonly [number, number, number, number])[] = [];
  const members = discs.map(({ x, y, radius, velocity }) => {
    const own: number[] = [];
    for (let k = 0; k < places; k += 1) {
      const angle = (2 * Math.PI * (k + 0.5)) / places;
      const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
      const [vx, vy] = velocity(angle);
      const speed = vx * nx + vy * ny;
      if (Math.abs(speed) < 0.1 * Math.hypot(vx, vy)) continue;
      own.push(rows.length);
      rows.push([x + radius * nx, y + radius * ny, nx / speed, ny / speed]);
    }
    return own;
  });
  const column = (index: 0 | 1 | 2 | 3): Float32Array => Float32Array.from(rows, (row) => row[index]);
  return { flow: { length: rows.length, x: column(0), y: column(1), a: column(2), b: column(3) }, members };
}

/** The blob that holds all of some discs. */
export const blobAround = (discs: readonly Disc[]): Blob => ({
  left: Math.min(...discs.map(({ x, radius }) => x - radius)),
  right: Math.max(...discs.map(({ x, radius }) => x + radius)),
  top: Math.min(...discs.map(({ y, radius }) => y - radius)),
  bottom: Math.max(...discs.map(({ y, radius }) => y + radius)),
  x: discs.reduce((sum, { x }) => sum + x, 0) / discs.length,
  y: discs.reduce((sum, { y }) => sum + y, 0) / discs.length,
  active: 200 * discs.length,
  events: 400 * discs.length,
  on: 200 * discs.length,
});
