import { describe, expect, it } from 'vitest';
import { holdBatch } from '../../../src/frame/windowing/openWindow.ts';
import { type RetainedEvents, retainEvents } from '../../../src/frame/windowing/retainedEvents.ts';
import { batchOf, dotsOf } from '../dots.ts';

/** Adds a batch of events at these times; the returned function tells whether it was acked. */
function add(retained: RetainedEvents, times: readonly number[], clockUs = NaN): () => boolean {
  let isAcked = false;
  holdBatch(
    batchOf(
      times.map((t) => ({ t, x: 0, y: 0, p: 0 })),
      { clockUs, ack: () => void (isAcked = true) },
    ),
    { bytes: 0 },
    (held) => retained.add(held),
  );
  return () => isAcked;
}

const timesBefore = (retained: RetainedEvents, start: number): number[] => dotsOf(retained.before(start)).map(({ t }) => t);

describe('retained events', () => {
  it('are those within the horizon, oldest first', () => {
    const retained = retainEvents(100);
    add(retained, [10, 50]);
    add(retained, [90, 140]);
    expect(timesBefore(retained, 140)).toEqual([50, 90]);
  });

  it('hold their acks until no window needs them', () => {
    const retained = retainEvents(100);
    const isAcked = add(retained, [10, 50]);
    retained.release(150);
    expect(isAcked()).toBe(false);
    retained.release(151);
    expect(isAcked()).toBe(true);
  });

  it('of the memory of filters hold their acks longer, by the clock of the stream, and are in no picture', () => {
    const retained = retainEvents(0, 100);
    const isAcked = add(retained, [10], 40);
    expect(timesBefore(retained, 20)).toEqual([]);
    retained.release(140);
    expect(isAcked()).toBe(false);
    retained.release(141);
    expect(isAcked()).toBe(true);
  });

  it('are none without a horizon and memory', () => {
    const retained = retainEvents(0);
    expect(add(retained, [10])()).toBe(true);
  });
});
