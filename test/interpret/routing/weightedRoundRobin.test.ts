import { expect, it } from 'vitest';
import { type Weighted, weightedRoundRobin } from '../../../src/interpret/routing/weightedRoundRobin.ts';

const targets = (...weights: number[]): (Weighted & { n: number })[] => weights.map((weight, n) => ({ weight, n, currentWeight: 0 }));
const choose = (inPlay: (Weighted & { n: number })[], isReady: (one: { n: number }) => boolean = () => true): number =>
  weightedRoundRobin(inPlay, isReady)?.n ?? -1;

it('spreads choices smoothly by weight', () => {
  const all = targets(3, 1);
  expect(Array.from({ length: 8 }, () => choose(all))).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
});

it('owes calls to what is in play and busy, and pays them back', () => {
  const all = targets(1, 1);
  for (let n = 0; n < 4; n++) expect(choose(all, ({ n: one }) => one === 1)).toBe(1);
  expect(Array.from({ length: 5 }, () => choose(all))).toEqual([0, 0, 0, 0, 0]);
});

it('waits rather than letting one run far ahead of its weight', () => {
  const all = targets(1, 1);
  const onlySecond = ({ n }: { n: number }): boolean => n === 1;
  const chosen = Array.from({ length: 100 }, () => choose(all, onlySecond));
  expect(chosen.filter((n) => n === 1).length).toBeLessThan(40);
  expect(chosen.at(-1)).toBe(-1);
});

it('owes nothing to what is out of play', () => {
  const all = targets(1, 1);
  for (let n = 0; n < 50; n++) choose([all[1]!]);
  expect(Array.from({ length: 4 }, () => choose(all)).filter((n) => n === 0)).toHaveLength(2);
});

it('chooses nothing where nothing is ready or in play', () => {
  expect(choose([])).toBe(-1);
  expect(choose(targets(1), () => false)).toBe(-1);
});
