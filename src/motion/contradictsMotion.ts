import type { MotionFacts } from '../frame/motionFacts.ts';

/**
 * Whether a caption states a direction that no measured motion has, while some motion goes the other way. False
 * where no motion was measured, and where the caption names places only ("on the left").
 */
export function contradictsMotion(text: string, { blobs }: MotionFacts): boolean {
  const moving = blobs.filter(({ kind }) => kind === 'moving');
  if (moving.length === 0 || moving.length < blobs.length / 2) return false;
  return statedDirections(text).some(([dx, dy]) => {
    const along = moving.map(({ vx, vy }) => (vx * dx + vy * dy) / Math.hypot(vx, vy));
    return along.every((cosine) => cosine < 0.35) && along.some((cosine) => cosine < -0.5);
  });
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
  top: [0, -1],
  bottom: [0, 1],
};

/** Directions of motion that a text states, not places. */
export function statedDirections(text: string): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const [, ...groups] of text.matchAll(STATED)) {
    const way = groups.find((group) => group !== undefined);
    if (way) found.push(WAYS[way.toLowerCase()]!);
  }
  return found;
}

const MOVES = '(?:mov|travel|head|go|driv|walk|runn?|fl(?:y|ie)|drift|slid|roll|pass|swing|shift|proceed|advanc|turn|rid|jump|pan)\\w*';
const WAY = '(left|right|up|down)';
/** "from left to right", "leftwards", "moves quickly to the left", "left-moving", "towards the right". */
const STATED = new RegExp(
  [
    `from\\s+(?:the\\s+)?(?:left|right|top|bottom)\\s+to\\s+(?:the\\s+)?(left|right|top|bottom)\\b`,
    `\\b${WAY}wards?\\b`,
    `\\b${WAY}[- ]moving\\b`,
    `\\b${MOVES}\\s+(?:\\w+ly\\s+|fast\\s+)?(?:(?:to|towards?)\\s+(?:the\\s+)?)?${WAY}\\b(?!\\s+(?:of|side|a|the|an|in|on)\\b)`,
    `\\b(?:motion|movement)\\s+(?:is\\s+)?(?:to|towards?)\\s+(?:the\\s+)?${WAY}\\b(?!\\s+(?:of|side)\\b)`,
  ].join('|'),
  'gi',
);
