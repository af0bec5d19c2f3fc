import { expect, it } from 'vitest';
import { groupShare } from '../../../src/consume/kafka/groupShare.ts';

const SESSION_MS = 6_000;

it('has nothing before the group gave it something, and what it was given a second later', () => {
  const share = groupShare(SESSION_MS);
  expect(share.now(0)).toBe(0);
  share.joined(0.5, 100);
  expect(share.now(1_000)).toBe(0);
  expect(share.now(1_100)).toBe(0.5);
});

it('shrinks at once and grows a second later', () => {
  const share = groupShare(SESSION_MS);
  share.joined(1, 0);
  share.joined(0.25, 2_000);
  expect(share.now(2_000)).toBe(0.25);
  share.joined(0.75, 4_000);
  expect(share.now(4_999)).toBe(0.25);
  expect(share.now(5_000)).toBe(0.75);
  share.joined(0.75, 5_500);
  expect(share.now(5_500)).toBe(0.75);
});

it('has nothing when the group was silent for the length of a session, until it answers', () => {
  const share = groupShare(SESSION_MS);
  share.joined(1, 0);
  share.confirmed(3_000);
  expect(share.now(9_000)).toBe(1);
  expect(share.now(9_001)).toBe(0);
  share.confirmed(9_500);
  expect(share.now(9_500)).toBe(1);
});
