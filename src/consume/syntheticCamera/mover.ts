/** Something that moves before the camera. Pixels and seconds; x to the right, y down. */
export interface Mover {
  /** Its name, for people. */
  readonly name: string;
  readonly shape: 'disc' | 'ring' | 'square' | 'triangle' | 'cross' | 'bar';
  /** Diameter or side in pixels; a bar is a quarter as wide. */
  readonly size: number;
  /** Light that it sends, 0.02 (black) to 1 (white); the background is about 0.35. */
  readonly brightness: number;
  /** What is on its surface. @default 'flat' */
  readonly texture?: 'flat' | 'stripes' | 'checks' | 'speckle';
  /** Where its centre is at the beginning. */
  readonly x: number;
  readonly y: number;
  /** Pixels per second. @default 0 */
  readonly vx?: number;
  readonly vy?: number;
  /** Turns per second, clockwise. @default 0 */
  readonly spin?: number;
  /** Circles around its place with this radius in pixels and turns per second, clockwise. */
  readonly orbit?: { readonly radius: number; readonly turns: number };
  /** What it does at the edge of the view: turns back, or leaves and comes in again on the other side. @default 'bounce' */
  readonly edge?: 'bounce' | 'wrap';
}

/** Where a mover is and how it moves. */
export interface Pose {
  /** Centre in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per second. */
  readonly vx: number;
  readonly vy: number;
  /** Radians, clockwise. */
  readonly angle: number;
}

export interface View {
  readonly width: number;
  readonly height: number;
}

/** The pose after `seconds` of motion: a closed formula, so any moment can be asked for. */
export function poseAt(mover: Mover, { width, height }: View, seconds: number): Pose {
  const { size, vx = 0, vy = 0, spin = 0, orbit, edge = 'bounce' } = mover;
  const place = edge === 'bounce' ? bounced : wrapped;
  const [x, sx] = place(mover.x + vx * seconds, width, size);
  const [y, sy] = place(mover.y + vy * seconds, height, size);
  const angle = 2 * Math.PI * spin * seconds;
  if (!orbit) return { x, y, vx: vx * sx, vy: vy * sy, angle };
  const phase = 2 * Math.PI * orbit.turns * seconds;
  const speed = 2 * Math.PI * orbit.turns * orbit.radius;
  return {
    x: x + orbit.radius * Math.cos(phase),
    y: y + orbit.radius * Math.sin(phase),
    vx: vx * sx - speed * Math.sin(phase),
    vy: vy * sy + speed * Math.cos(phase),
    angle,
  };
}

/** Turns back where its border would touch the edge. */
function bounced(at: number, extent: number, size: number): [at: number, sign: number] {
  const room = extent - size;
  if (room <= 0) return [at, 1];
  const along = modulo(at - size / 2, 2 * room);
  return along <= room ? [along + size / 2, 1] : [2 * room - along + size / 2, -1];
}

/** Leaves wholly, and comes in again on the other side. */
const wrapped = (at: number, extent: number, size: number): [at: number, sign: number] => [modulo(at + size, extent + 2 * size) - size, 1];

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** The fastest that any point of the scene moves, in pixels per second. */
export const topSpeed = (movers: readonly Mover[]): number =>
  Math.max(
    0,
    ...movers.map(
      ({ size, vx = 0, vy = 0, spin = 0, orbit }) =>
        Math.hypot(vx, vy) + Math.PI * Math.abs(spin) * size + (orbit ? 2 * Math.PI * orbit.radius * Math.abs(orbit.turns) : 0),
    ),
  );

/** The direction of a motion in words: `right`, `down and left`, ...; `still` below two pixels per second. */
export function directionOf({ vx, vy }: { readonly vx: number; readonly vy: number }): string {
  if (Math.hypot(vx, vy) < 2) return 'still';
  const eighth = Math.round(Math.atan2(vy, vx) / (Math.PI / 4)) & 7;
  return directions[eighth]!;
}

const directions = ['right', 'down and right', 'down', 'down and left', 'left', 'up and left', 'up', 'up and right'];
