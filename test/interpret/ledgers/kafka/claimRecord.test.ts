import { expect, it } from 'vitest';
import { type ClaimRecord, claimAfter } from '../../../../src/interpret/ledgers/kafka/claimRecord.ts';

const after = (...log: ClaimRecord[]): string | undefined => log.reduce<string | undefined>(claimAfter, undefined);

it('is of the first of two that did not know of each other', () => {
  expect(after({ id: 'a/0' }, { id: 'b/0' })).toBe('a/0');
});

it('goes to an instance that replaces the claim of a dead owner, if that has not claimed again before', () => {
  expect(after({ id: 'a/0' }, { id: 'b/0', over: 'a/0' })).toBe('b/0');
  expect(after({ id: 'a/0' }, { id: 'a/1' }, { id: 'b/0', over: 'a/0' })).toBe('a/1');
  expect(after({ id: 'a/0' }, { id: 'b/0', over: 'a/0' }, { id: 'a/1', over: 'a/0' })).toBe('b/0');
  expect(after({ id: 'a/0' }, { id: 'b/0', over: 'a/0' }, { id: 'c/0', over: 'a/0' })).toBe('b/0');
});

it('is free when its holder gave it up, and only then', () => {
  expect(after({ id: 'a/0' }, { over: 'a/0' })).toBeUndefined();
  expect(after({ id: 'a/0' }, { over: 'a/0' }, { id: 'b/0' })).toBe('b/0');
  expect(after({ id: 'a/0' }, { id: 'b/0', over: 'a/0' }, { over: 'a/0' })).toBe('b/0');
});

it('is the same when a record comes twice', () => {
  expect(after({ id: 'a/0' }, { id: 'a/0' }, { id: 'b/0', over: 'a/0' }, { id: 'b/0', over: 'a/0' })).toBe('b/0');
});

it('means nothing to it what earlier versions wrote', () => {
  expect(after({ id: 'a/0' }, { owner: 'b', until: 1 } as ClaimRecord)).toBe('a/0');
});
