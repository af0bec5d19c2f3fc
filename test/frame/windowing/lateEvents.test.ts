import { describe, expect, it } from 'vitest';
import { collectLate } from '../../../src/frame/windowing/lateEvents.ts';
import { batchOf, dotsOf } from '../dots.ts';

const batch = batchOf(
  Array.from({ length: 300 }, (_, i) => ({ t: i, x: 0, y: 0, p: 0 })),
  { index: 5 },
);
const LITTLE = 1_000;
const FAR = 2_000_000;

describe('late events', () => {
  it('are counted, and taken once, in one slice where they continue each other', () => {
    const late = collectLate(undefined);
    expect(late.drop(batch, 0, 3, LITTLE)).toBe(3);
    expect(late.drop(batch, 3, 4, LITTLE)).toBe(4);
    late.drop(batch, 7, 8, LITTLE);
    expect(late.count).toBe(5);
    expect(late.take().map(({ from, to }) => [from, to])).toEqual([
      [0, 4],
      [7, 8],
    ]);
    expect(late.take()).toEqual([]);
  });

  it('that are far behind, many in a row, mean that the clock was restarted; dropping stops there', () => {
    const late = collectLate(undefined);
    expect(late.drop(batch, 0, 200, FAR)).toBe(200);
    expect(late.clockRestarted).toBe(false);
    expect(late.drop(batch, 200, 300, FAR)).toBe(256);
    expect(late.clockRestarted).toBe(true);
    late.clear();
    expect([late.clockRestarted, late.count]).toEqual([false, 256]);
  });

  it('that are a little behind, or an event in time, end the row', () => {
    const late = collectLate(undefined);
    late.drop(batch, 0, 200, FAR);
    late.drop(batch, 200, 201, LITTLE);
    late.drop(batch, 201, 300, FAR);
    expect(late.clockRestarted).toBe(false);
    late.clear();
    late.drop(batch, 0, 200, FAR);
    expect(late.clockRestarted).toBe(false);
  });

  it('of packets that a resumed run reads again are counted, but neither reported nor a sign of a restarted clock', () => {
    const late = collectLate({ start: 0, end: 10, offset: 6 });
    expect(late.drop(batch, 0, 300, FAR)).toBe(300);
    expect([late.clockRestarted, late.count, late.take()]).toEqual([false, 300, []]);
    late.drop(batchOf(dotsOf([{ events: batch.events, from: 0, to: 2 }]), { index: 6 }), 0, 2, LITTLE);
    expect(late.take()).toHaveLength(1);
  });
});
