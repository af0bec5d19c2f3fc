import { expect, it, vi } from 'vitest';
import { makeLease } from '../../../../src/interpret/ledgers/kafka/lease.ts';

const LEASE_MS = 500;

/** A broker that takes words while it is there. */
function broker(): { say: () => Promise<void>; away: () => void; back: () => void } {
  let there = Promise.resolve();
  let back = (): void => {};
  return {
    say: async () => there,
    away() {
      const absence = Promise.withResolvers<void>();
      there = absence.promise;
      back = absence.resolve;
    },
    back: () => back(),
  };
}

it('lapses when the broker takes no word, and begins a new term when it does again', async () => {
  const { say, away, back } = broker();
  const lease = await makeLease(LEASE_MS, say);
  const before = lease.term();
  expect(before).toBeDefined();
  away();
  await vi.waitFor(() => expect(lease.term()).toBeUndefined(), 5000);
  back();
  await vi.waitFor(() => expect(lease.term()).toBeDefined(), 5000);
  expect(lease.term()).not.toBe(before);
  await lease.close();
});

it('counts from when a word was sent, not from when the broker said that it has it', async () => {
  const { say, away, back } = broker();
  const lease = await makeLease(LEASE_MS, say);
  const before = lease.term();
  away();
  await vi.waitFor(() => expect(lease.term()).toBeUndefined(), 5000);
  // Nothing of this thread runs for longer than a word counts: the next one is sent before and taken after.
  back();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LEASE_MS);
  await Promise.resolve();
  expect(lease.term() ?? 'lapsed').not.toBe(before);
  await vi.waitFor(() => expect(lease.term()).toBeDefined(), 5000);
  await lease.close();
});

it('takes another for dead a whole lease after its last word, by beats of its own', async () => {
  const { say, away, back } = broker();
  const lease = await makeLease(LEASE_MS, say);
  const heardAt = performance.now();
  lease.heartbeatOf('other', LEASE_MS);
  lease.heartbeatOf('slow', 10 * LEASE_MS);
  const isDead = (owner: string): boolean => lease.isDead(owner, lease.beats());
  away();
  await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
  // Out of touch, nobody can be heard.
  expect(isDead('other')).toBe(false);
  back();
  await vi.waitFor(() => expect(isDead('other')).toBe(true), 5000);
  expect(performance.now() - heardAt).toBeGreaterThan(LEASE_MS);
  expect(isDead('slow')).toBe(false);
  expect(isDead('never heard of')).toBe(true);
  lease.heartbeatOf('other', LEASE_MS);
  expect(isDead('other')).toBe(false);
  lease.ended('other');
  expect(isDead('other')).toBe(true);
  await lease.close();
});
