import { describe, expect, it } from 'vitest';
import { chooseTarget } from '../../../src/interpret/routing/chooseTarget.ts';
import { RoutedFrame } from '../../../src/interpret/routing/routedFrame.ts';
import { request } from '../support/request.ts';
import { type SetTarget, routeTarget, rules } from './routeTargets.ts';

const NOW = 1_000;
const frame = (first?: SetTarget): RoutedFrame => Object.assign(new RoutedFrame(request()), { first });
/** A primary that takes all frames, with a backup that takes none of its own. */
const pair = (): { primary: SetTarget; backup: SetTarget } => {
  const backup = routeTarget('backup', 0);
  return { backup, primary: routeTarget('primary', 1, [backup]) };
};

describe('a frame without a target', () => {
  it('goes to one by weight, and stays on its path', () => {
    const { primary } = pair();
    const one = frame();
    expect(chooseTarget(one, [primary], rules, NOW)).toBe(primary);
    expect(one.first).toBe(primary);
  });

  it('waits for one that is busy, but not for one that is held back by a quota while another is ready', () => {
    const [a, b] = [routeTarget('a'), routeTarget('b')];
    a.state.set({ readyAt: NOW + 300 });
    b.state.set({ readyAt: NOW + 500 });
    expect(chooseTarget(frame(), [a, b], rules, NOW)).toBe(NOW + 300);
    a.state.set({ isCapped: true });
    b.state.set({ readyAt: -Infinity });
    for (let n = 0; n < 50; n++) expect(chooseTarget(frame(), [a, b], rules, NOW)).toBe(b);
  });

  it('goes to a fallback at once where every target with a weight is away for longer than it waits', () => {
    const { primary, backup } = pair();
    primary.state.set({ backAt: NOW + 10_001 });
    const one = frame();
    expect(chooseTarget(one, [primary], rules, NOW)).toBe(backup);
    expect(one.first).toBe(primary);
    primary.state.set({ backAt: NOW + 10_000 });
    expect(chooseTarget(frame(), [primary], rules, NOW)).toBe(NOW + 10_000);
    primary.state.set({ isDown: true });
    expect(chooseTarget(frame(), [primary], rules, NOW)).toBe(backup);
  });

  it('waits for the first to come back where all are away, and has no target where none will', () => {
    const { primary, backup } = pair();
    primary.state.set({ backAt: NOW + 60_000 });
    backup.state.set({ backAt: NOW + 30_000 });
    expect(chooseTarget(frame(), [primary], rules, NOW)).toBe(NOW + 30_000);
    primary.state.set({ backAt: Infinity });
    backup.state.set({ backAt: Infinity });
    expect(chooseTarget(frame(), [primary], rules, NOW)).toBeUndefined();
  });
});

describe('a frame on its path', () => {
  it('passes over what it is excluded from', () => {
    const { primary, backup } = pair();
    const one = frame(primary);
    one.excluded.add(primary);
    expect(chooseTarget(one, [primary], rules, NOW)).toBe(backup);
    one.excluded.add(backup);
    expect(chooseTarget(one, [primary], rules, NOW)).toBeUndefined();
  });

  it('waits for a target that cools down shortly, unless another with a weight is ready', () => {
    const { primary, backup } = pair();
    primary.state.set({ backAt: NOW + 2_000, isCapped: true });
    expect(chooseTarget(frame(primary), [primary], rules, NOW)).toBe(NOW + 2_000);
    const weighted = { ...primary, fallbacks: [routeTarget('other', 1), backup] };
    expect(chooseTarget(frame(weighted), [weighted], rules, NOW)).toBe(weighted.fallbacks[0]);
  });
});
