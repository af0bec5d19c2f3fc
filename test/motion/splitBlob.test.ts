import { describe, expect, it } from 'vitest';
import { splitBlob } from '../../src/motion/splitBlob.ts';
import { type Disc, blobAround, flowOf, moves } from './flows.ts';

/** Without the sign of 0. */
const whole = (value: number): number => Math.round(value) || 0;

const split = (discs: readonly Disc[]): { vx: number; vy: number }[] => {
  const { flow, members } = flowOf(discs);
  return splitBlob(blobAround(discs), members.flat(), flow).map(({ fit }) => ({ vx: whole(fit!.vx), vy: whole(fit!.vy) }));
};

describe('splitBlob', () => {
  it('leaves a blob with one motion whole', () => {
    expect(split([{ x: 50, y: 50, radius: 20, velocity: moves(100, 40) }])).toEqual([{ vx: 100, vy: 40 }]);
  });

  it('splits two things that touch and move apart', () => {
    const found = split([
      { x: 50, y: 50, radius: 20, velocity: moves(100, 0) },
      { x: 92, y: 50, radius: 20, velocity: moves(-80, 0) },
    ]);
    expect(found.toSorted((p, q) => q.vx - p.vx)).toEqual([
      { vx: 100, vy: 0 },
      { vx: -80, vy: 0 },
    ]);
  });

  it('does not split two things that touch and move alike', () => {
    const found = split([
      { x: 50, y: 50, radius: 20, velocity: moves(100, 0) },
      { x: 92, y: 50, radius: 20, velocity: moves(100, 0) },
    ]);
    expect(found).toEqual([{ vx: 100, vy: 0 }]);
  });

  it('has no motion for a few places', () => {
    const { flow, members } = flowOf([{ x: 50, y: 50, radius: 20, velocity: moves(100, 0) }], 10);
    const [segment, ...others] = splitBlob(blobAround([{ x: 50, y: 50, radius: 20, velocity: moves(0, 0) }]), members[0]!, flow);
    expect([segment!.fit, others]).toEqual([undefined, []]);
  });
});
