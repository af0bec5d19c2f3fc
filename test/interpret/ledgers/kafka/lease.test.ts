import { expect, it, vi } from 'vitest';
import { makeLease } from '../../../../src/interpret/ledgers/kafka/lease.ts';

const LEASE_MS = 500;

/** A broker that accepts heartbeats while it is there. */
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

it('lapses when the broker accepts no heartbeat, and begins a new term when it does again', async () => {
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

it('counts from when a heartbeat was sent, not from when the broker confirmed it', async () => {
  const { say, away, back } = broker();
  const lease = await makeLease(LEASE_MS, say);
  const before = lease.term();
  away();
  await vi.waitFor(() => expect(lease.term()).toBeUndefined(), 5000);
  // Nothing of this thread runs for longer than a heartbeat counts: the next one is sent before and accepted after.
  back();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LEASE_MS);
  await Promise.resolve();
  expect(lease.term() ?? 'lapsed').not.toBe(before);
  await vi.waitFor(() => expect(lease.term()).toBeDefined(), 5000);
  await lease.close();
});

it('takes another instance for dead a whole lease after its last heartbeat, by beats of its own', async () => {
  const { say, away, back } = broker();
  const lease = await makeLease(LEASE_MS, say);
  const heardAt = performance.now();
  lease.heartbeatOf('other', LEASE_MS);
  lease.heartbeatOf('slow', 10 * LEASE_MS);
  const isDead = (owner: string): boolean => lease.isDead(owner, lease.beats());
  away();
  await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
  // Without contact no heartbeat can be read.
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
