import { describe, expect, it } from 'vitest';
import { joinSegments } from '../../src/motion/joinSegments.ts';
import { type MotionSegment, segmentOf } from '../../src/motion/motionSegment.ts';
import { type Disc, blobAround, flowOf, moves } from './flows.ts';

const join = (discs: readonly Disc[]): MotionSegment[] => {
  const { flow, members } = flowOf(discs);
  return joinSegments(
    discs.map((disc, k) => segmentOf(blobAround([disc]), members[k]!, flow)),
    flow,
  );
};

describe('joinSegments', () => {
  it('joins near segments that move alike: box, events and members are those of both', () => {
    const [one, ...others] = join([
      { x: 50, y: 50, radius: 15, velocity: moves(100, 0) },
      { x: 90, y: 50, radius: 15, velocity: moves(100, 0) },
    ]);
    expect(others).toEqual([]);
    expect(one!.blob).toMatchObject({ left: 35, right: 105, x: 70, events: 800 });
    expect(Math.round(one!.fit!.vx)).toBe(100);
  });

  it.each([
    ['far from each other', { x: 300, y: 220, radius: 15, velocity: moves(100, 0) }],
    ['with other directions', { x: 90, y: 50, radius: 15, velocity: moves(0, 100) }],
  ])('leaves segments %s apart', (_what, other) => {
    expect(join([{ x: 50, y: 50, radius: 15, velocity: moves(100, 0) }, other])).toHaveLength(2);
  });

  it('joins arms that turn about one centre', () => {
    const [centre, radius] = [70, 5];
    // Two radians per second: v = turn * (-(y - cy), x - cx).
    const arm = (x: number): Disc => ({
      x,
      y: 50,
      radius,
      velocity: (angle) => [-2 * radius * Math.sin(angle), 2 * (x + radius * Math.cos(angle) - centre)],
    });
    const [one, ...others] = join([arm(62), arm(78)]);
    expect(others).toEqual([]);
    // Turning is damped: it is found, and underestimated.
    expect(one!.fit!.turn).toBeGreaterThan(1);
    expect(Math.hypot(one!.fit!.vx, one!.fit!.vy)).toBeLessThan(0.1);
  });
});
