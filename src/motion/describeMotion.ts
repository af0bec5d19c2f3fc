import type { WindowFacts } from '../frame/frame.ts';
import type { BlobMotion, MotionFacts } from '../frame/motionFacts.ts';

/**
 * The measured motion in words: how many blobs move, where, which way and how fast. It names no things, since local flow
 * knows none.
 */
export function describeMotion(motion: MotionFacts, { width, height }: Pick<WindowFacts, 'width' | 'height'>): string {
  const { blobs, what } = motion;
  const [largest, ...others] = blobs;
  if (what === 'still' || !largest) return motion.noise > 0.5 && motion.density > 0 ? 'No motion, only scattered noise.' : 'No motion.';
  const view = { width, height };
  if (what === 'camera') return `Edges all over the picture${doing(largest, view)}, as if the camera itself moved.`;
  const named = [largest, ...others].slice(0, MOST_NAMED);
  const parts = named.map((blob) => `${article(sizeOf(blob, view))} ${nounOf(blob)}${doing(blob, view)} ${placeOf(blob, view)}`);
  const rest = blobs.length - named.length;
  if (rest > 0) parts.push(`${numberOf(rest)} smaller ${rest === 1 ? 'one' : 'ones'} elsewhere`);
  const list = parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  if (blobs.length === 1) return `${capital(list)}.`;
  const state = blobs.every(({ kind }) => kind !== 'unclear' && kind !== 'flickering') ? 'moving' : 'active';
  return `${capital(numberOf(blobs.length))} ${state} patches: ${list}.`;
}

const MOST_NAMED = 3;

type View = Pick<WindowFacts, 'width' | 'height'>;

const article = (size: string): string => `a ${size}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const numberOf = (count: number): string =>
  ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'][count] ?? String(count);

/** By its share of the view. */
function sizeOf({ width, height }: BlobMotion, view: View): string {
  const share = (width * height) / (view.width * view.height);
  return share < 0.01 ? 'small' : share < 0.08 ? 'middle-sized' : 'large';
}

/** By its polarity: a brighter or a darker edge, or both. */
const nounOf = ({ on }: BlobMotion): string => (on > 0.85 ? 'brightening patch' : on < 0.15 ? 'darkening patch' : 'patch of edges');

function doing(blob: BlobMotion, view: View): string {
  if (blob.kind === 'moving') return ` moving ${speedOf(blob, view)}${directionWord(blob)}`;
  if (blob.kind === 'rotating') return ` rotating ${blob.turn > 0 ? 'clockwise' : 'counterclockwise'}`;
  return { growing: ' growing', shrinking: ' shrinking', flickering: ' flickering', unclear: ' changing without a clear direction' }[
    blob.kind
  ];
}

/** By how long it would take to cross the view. */
function speedOf({ vx, vy }: BlobMotion, { width, height }: View): string {
  const viewsPerSecond = Math.hypot(vx, vy) / Math.max(width, height);
  return viewsPerSecond < 0.1 ? 'slowly ' : viewsPerSecond > 1 ? 'fast ' : '';
}

const DIRECTIONS = ['right', 'down and right', 'down', 'down and left', 'left', 'up and left', 'up', 'up and right'];

/** One of eight directions, as the picture shows it. */
export const directionWord = ({ vx, vy }: Pick<BlobMotion, 'vx' | 'vy'>): string =>
  DIRECTIONS[Math.round(Math.atan2(vy, vx) / (Math.PI / 4)) & 7]!;

function placeOf({ x, y }: BlobMotion, { width, height }: View): string {
  const level = y < height / 3 ? 'upper' : y > (2 * height) / 3 ? 'lower' : '';
  const side = x < width / 3 ? 'left' : x > (2 * width) / 3 ? 'right' : '';
  if (level === '' && side === '') return 'in the centre';
  return level === '' ? `on the ${side} side` : `in the ${level} ${side || 'centre'}`;
}
