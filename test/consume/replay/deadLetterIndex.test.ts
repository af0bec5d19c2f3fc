import { describe, expect, it } from 'vitest';
import { DeadLetterIndex } from '../../../src/consume/replay/deadLetterIndex.ts';
import type { DeadLetter } from '../../../src/stage/reject.ts';

const letter = (first: number, start: number | null, sensor = 'cam'): DeadLetter =>
  ({
    sensor,
    start,
    end: start === null ? null : start + 10,
    position: { source: 't', unit: 'offset', partition: 0, first, end: first + 2 },
  }) as DeadLetter;
const window = (first: number, end: number, start = 0) => ({
  sensor: 'cam',
  start,
  end: start + 10,
  position: { source: 't', unit: 'offset', partition: 0, first, end } as const,
});

describe('DeadLetterIndex', () => {
  it('knows which windows and packets are missing', () => {
    const index = new DeadLetterIndex([letter(3, 100), letter(5, null)]);
    expect(index.removeWindow(window(3, 5, 100))).toBe(true);
    expect(index.removeWindow(window(3, 5, 100))).toBe(false);
    expect(index.windows).toEqual([]);
    expect([index.hasPacket(letter(5, null)), index.hasAllPackets]).toEqual([true, false]);
    index.removePacket(letter(5, null));
    expect([index.hasPacket(letter(5, null)), index.hasAllPackets]).toEqual([false, true]);
  });

  it('asks for its letters also when they came again, and for windows that were added', () => {
    const index = new DeadLetterIndex([letter(3, 100), letter(5, null)]);
    index.removeWindow(window(3, 5, 100));
    expect([letter(3, 100), letter(5, null), letter(4, 100), letter(6, null)].map((one) => index.asksFor(one))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    index.askForWindow(window(4, 6, 100));
    expect(index.asksFor(letter(4, 100))).toBe(true);
  });

  it('finds windows that hold a packet of its letters', () => {
    const index = new DeadLetterIndex([7, 3, 12].map((first) => letter(first, null)));
    const found = [window(0, 3), window(0, 4), window(3, 4), window(8, 12), window(12, 13), window(13, 20)].map((one) =>
      index.holdsPacket(one),
    );
    expect(found).toEqual([false, true, true, false, true, false]);
  });
});
