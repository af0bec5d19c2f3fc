import { describe, expect, test } from 'vitest';
import type { BlobMotion, MotionFacts } from '../../src/frame/motionFacts.ts';
import { contradictsMotion } from '../../src/motion/contradictsMotion.ts';
import { describeMotion } from '../../src/motion/describeMotion.ts';

const still = { x: 50, y: 50, width: 40, height: 40, events: 500, on: 0.5, turn: 0, kind: 'moving' } as const;
const blob = (vx: number, vy: number, more: Partial<BlobMotion> = {}): BlobMotion => ({ ...still, vx, vy, ...more });
const facts = (...blobs: BlobMotion[]): MotionFacts => ({
  blobs,
  what: blobs.length ? 'things' : 'still',
  density: 0.1,
  on: 0.5,
  noise: 0.1,
});
const view = { width: 346, height: 260 };

describe('a caption contradicts measured motion', () => {
  test.each([
    ['A car moving to the left.', true],
    ['A car moving left across the frame.', true],
    ['A ball flying from right to left.', true],
    ['A leftward motion.', true],
    ['A car moving to the right.', false],
    ['A car on the left side.', false],
    ['A car moving on the left.', false],
    ['A person turning left of the door.', false],
    ['A car moving from left to right.', false],
    ['A car.', false],
  ])('%j is %s of one thing that moves right', (text, contradicted) => {
    expect(contradictsMotion(text, facts(blob(100, 0)))).toBe(contradicted);
  });

  test('but not where something else moves that way, or across, or nothing was measured', () => {
    expect(contradictsMotion('A car moving left.', facts(blob(100, 0), blob(-80, 5)))).toBe(false);
    expect(contradictsMotion('A car moving left.', facts(blob(0, 90)))).toBe(false);
    expect(contradictsMotion('A car moving left.', facts())).toBe(false);
  });

  test('what the describer says never contradicts what it was made from', () => {
    for (let degrees = 0; degrees < 360; degrees += 5) {
      const one = facts(blob(100 * Math.cos((degrees * Math.PI) / 180), 100 * Math.sin((degrees * Math.PI) / 180)));
      expect(contradictsMotion(describeMotion(one, view), one)).toBe(false);
    }
  });
});

describe('the describer says', () => {
  test.each<[MotionFacts, string]>([
    [facts(blob(100, 0)), 'A middle-sized patch of edges moving right in the upper left.'],
    [facts(blob(-20, -20, { x: 170, y: 130, on: 1 })), 'A middle-sized brightening patch moving slowly up and left in the centre.'],
    [facts(blob(0, 0, { kind: 'rotating', turn: 2 })), 'A middle-sized patch of edges rotating clockwise in the upper left.'],
    [
      facts(blob(100, 0), blob(0, 400, { x: 320, width: 12, height: 12 })),
      'Two moving patches: a middle-sized patch of edges moving right in the upper left and a small patch of edges moving fast down in the upper right.',
    ],
    [facts(), 'No motion.'],
    [{ ...facts(), noise: 1 }, 'No motion, only scattered noise.'],
    [{ ...facts(blob(-200, 0)), what: 'camera' }, 'Edges all over the picture moving left, as if the camera itself moved.'],
  ])('%#: %s', (found, text) => {
    expect(describeMotion(found, view)).toBe(text);
  });
});
