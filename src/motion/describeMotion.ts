import type { WindowFacts } from '../frame/frame.ts';
import type { MotionFacts, Mover } from '../frame/motionFacts.ts';

/**
 * What the events of a window say by themselves, in words: how many patches move, where, which way and how fast.
 * It names no things, since local flow knows none.
 */
export function describeMotion(motion: MotionFacts, { width, height }: Pick<WindowFacts, 'width' | 'height'>): string {
  const { movers, what } = motion;
  const [largest, ...others] = movers;
  if (what === 'still' || !largest) return motion.noise > 0.5 && motion.density > 0 ? 'No motion, only scattered noise.' : 'No motion.';
  const view = { width, height };
  if (what === 'camera') return `Edges all over the picture${doing(largest, view)}, as if the camera itself moved.`;
  const named = [largest, ...others].slice(0, MOST_NAMED);
  const parts = named.map((mover) => `${article(sizeOf(mover, view))} ${patchOf(mover)}${doing(mover, view)} ${placeOf(mover, view)}`);
  const rest = movers.length - named.length;
  if (rest > 0) parts.push(`${numberOf(rest)} smaller ${rest === 1 ? 'one' : 'ones'} elsewhere`);
  const list = parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  if (movers.length === 1) return `${capital(list)}.`;
  const state = movers.every(({ kind }) => kind !== 'unclear' && kind !== 'flickering') ? 'moving' : 'active';
  return `${capital(numberOf(movers.length))} ${state} patches: ${list}.`;
}

const MOST_NAMED = 3;

type View = Pick<WindowFacts, 'width' | 'height'>;

const article = (size: string): string => `a ${size}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const numberOf = (count: number): string =>
  ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'][count] ?? String(count);

/** By the share of the view that it takes. */
function sizeOf({ width, height }: Mover, view: View): string {
  const share = (width * height) / (view.width * view.height);
  return share < 0.01 ? 'small' : share < 0.08 ? 'middle-sized' : 'large';
}

/** What its polarity alone tells: a brighter or a darker edge, or both. */
const patchOf = ({ on }: Mover): string => (on > 0.85 ? 'brightening patch' : on < 0.15 ? 'darkening patch' : 'patch of edges');

function doing(mover: Mover, view: View): string {
  if (mover.kind === 'moving') return ` moving ${speedOf(mover, view)}${directionOf(mover)}`;
  if (mover.kind === 'rotating') return ` rotating ${mover.turn > 0 ? 'clockwise' : 'counterclockwise'}`;
  return { growing: ' growing', shrinking: ' shrinking', flickering: ' flickering', unclear: ' changing without a clear direction' }[
    mover.kind
  ];
}

/** Speed by how long the view would be crossed. */
function speedOf({ vx, vy }: Mover, { width, height }: View): string {
  const viewsPerSecond = Math.hypot(vx, vy) / Math.max(width, height);
  return viewsPerSecond < 0.1 ? 'slowly ' : viewsPerSecond > 1 ? 'fast ' : '';
}

const DIRECTIONS = ['right', 'down and right', 'down', 'down and left', 'left', 'up and left', 'up', 'up and right'];

/** One of eight ways, as the picture shows it. */
export const directionOf = ({ vx, vy }: Pick<Mover, 'vx' | 'vy'>): string =>
  DIRECTIONS[Math.round(Math.atan2(vy, vx) / (Math.PI / 4)) & 7]!;

function placeOf({ x, y }: Mover, { width, height }: View): string {
  const level = y < height / 3 ? 'upper' : y > (2 * height) / 3 ? 'lower' : '';
  const side = x < width / 3 ? 'left' : x > (2 * width) / 3 ? 'right' : '';
  if (level === '' && side === '') return 'in the centre';
  return level === '' ? `on the ${side} side` : `in the ${level} ${side || 'centre'}`;
}
