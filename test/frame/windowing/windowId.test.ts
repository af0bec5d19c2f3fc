import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { placeId } from '../../../src/frame/windowing/placeId.ts';
import { windowId } from '../../../src/frame/windowing/windowId.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { windows } from '../../../src/frame/windowing/windows.ts';
import { adaptive } from '../../../src/frame/windows/adaptive.ts';
import { fixedCount } from '../../../src/frame/windows/fixedCount.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { sliding } from '../../../src/frame/windows/sliding.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import { type Dot, batchOf, dotsOf, windowOf } from '../dots.ts';

/** The id by its definition in docs/records.md, event by event. */
function idByDefinition({ sensor, start, end, slices }: EventWindow): string {
  const dots = dotsOf(slices);
  const bytes = Buffer.alloc(dots.length * 13);
  dots.forEach(({ t, x, y, p }, i) => {
    bytes.writeDoubleLE(t, i * 8);
    bytes.writeUInt16LE(x, dots.length * 8 + i * 2);
    bytes.writeUInt16LE(y, dots.length * 10 + i * 2);
    bytes.writeUInt8(p, dots.length * 12 + i);
  });
  return createHash('sha256').update(`["${sensor}",${start},${end},${dots.length}]`).update(bytes).digest('hex').slice(0, 32);
}

const windowings: readonly Windowing[] = [
  tumbling({ everyMs: 2 }),
  tumbling({ everyMs: 3, lateAfterMs: 1 }),
  sliding({ everyMs: 2, lengthMs: 5 }),
  mixed({ everyMs: 5, orEvents: 7 }),
  fixedCount({ events: 5 }),
  adaptive({ perPixel: 1e-5, atLeastMs: 1, atMostMs: 20 }),
];

const cutInto = async (windowing: Windowing, packets: readonly (readonly Dot[])[]): Promise<EventWindow[]> =>
  lastValueFrom(from(packets.map((dots, index) => batchOf(dots, { index }))).pipe(windows(windowing), toArray()));

/** A stream that is nearly in order, with many events in one microsecond, pauses, and a clock that may start again. */
const streams = fc
  .array(
    fc.record({
      step: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(0, 1, 400) }, { weight: 1, arbitrary: fc.constantFrom(-300, 9_000) }),
      x: fc.nat(639),
      y: fc.nat(479),
      p: fc.nat(1),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .chain((steps) =>
    fc.constantFrom(false, true).map((startsAgain) => {
      let t = 5_000_000;
      const dots = steps.map(({ step, ...rest }) => ({ t: (t += step), ...rest }));
      const again = Array.from({ length: 300 }, (_, i) => ({ t: i * 50, x: i, y: 0, p: i & 1 }));
      return startsAgain ? [...dots, ...again, ...dots.map((dot) => ({ ...dot, t: dot.t - 4_900_000 }))] : dots;
    }),
  );

const cutUp = (dots: readonly Dot[], lengths: readonly number[]): Dot[][] => {
  const packets: Dot[][] = [];
  for (let at = 0, i = 0; at < dots.length; at += lengths[i++ % lengths.length]!)
    packets.push(dots.slice(at, at + lengths[i % lengths.length]!));
  return packets;
};

const window = (dots: readonly Dot[], given: Partial<EventWindow> = {}): EventWindow => windowOf(dots, { start: 0, end: 100, ...given });
const dot = (t: number, x: number, y = 0, p = 1): Dot => ({ t, x, y, p });

describe('windowId', () => {
  it('is the same however the stream was cut into packets, and what its definition says (issue 11)', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(streams, lengths, fc.constantFrom(...windowings), async (dots, some, windowing) => {
        const [whole, cut] = [await cutInto(windowing, [dots]), await cutInto(windowing, cutUp(dots, some))];
        expect(cut.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
        expect(cut.map(({ id }) => id)).toEqual(cut.map(idByDefinition));
        expect(cut[0]?.id).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('tells windows apart by sensor, span and each column of their events (issue 11)', () => {
    const one = window([dot(1, 2, 3, 1), dot(4, 5, 6, 0)]);
    const others = [
      one,
      { ...one, sensor: 'other' },
      { ...one, start: -1 },
      { ...one, end: 101 },
      window([dot(1, 2, 3, 1)]),
      window([dot(4, 5, 6, 0), dot(1, 2, 3, 1)]),
      window([dot(2, 2, 3, 1), dot(4, 5, 6, 0)]),
      window([dot(1, 3, 3, 1), dot(4, 5, 6, 0)]),
      window([dot(1, 2, 4, 1), dot(4, 5, 6, 0)]),
      window([dot(1, 2, 3, 1), dot(4, 5, 6, 1)]),
    ];
    expect(new Set(others.map(windowId)).size).toBe(others.length);
  });

  it('gives no two windows one id: of 33 and 50 ms, of other sensors, of names that look like numbers (issue 11)', async () => {
    const seen = new Map<string, string>();
    const names = fc.oneof(fc.constantFrom('cam', 'cam\0', '1', '1,0', '"', 'cam",0', '\ud800', '\ud801', '\ufffd'), fc.string());
    await fc.assert(
      fc.asyncProperty(streams, names, fc.constantFrom(33, 50), async (dots, sensor, everyMs) => {
        for (const cut of await cutInto(tumbling({ everyMs }), [dots])) {
          const { id: _, ...unnamed } = cut;
          const what = JSON.stringify([sensor, cut.start, cut.end, dotsOf(cut.slices)]);
          const id = windowId({ ...unnamed, sensor });
          expect(seen.get(id) ?? what).toBe(what);
          seen.set(id, what);
        }
      }),
    );
    expect(new Set(seen.values()).size).toBe(seen.size);
  });

  it('does not depend on where the events were read, nor on slices that hold nothing', () => {
    const one = window([dot(1, 2), dot(3, 4)]);
    const [{ events }] = one.slices as [EventWindow['slices'][number]];
    const inSlices = [
      { events, from: 0, to: 1 },
      { events, from: 1, to: 1 },
      { events, from: 1, to: 2 },
    ];
    const elsewhere = { ...one.position, source: '/another/folder/cam.raw', first: 9 };
    expect(windowId({ ...one, position: elsewhere, slices: inSlices, capturedAtUs: 7 } as EventWindow)).toBe(windowId(one));
  });

  it('is carried by a window that was cut: its events are not hashed again', async () => {
    const [cut] = await cutInto(tumbling({ everyMs: 2 }), [[dot(1, 2)]]);
    expect(windowId({ ...cut!, slices: [] })).toBe(cut!.id);
  });
});

describe('placeId', () => {
  it('is what versions up to 0.1.0 knew a window by', () => {
    const place = { sensor: 'cam', start: 33_000, position: { source: 'data/cam.raw', partition: 0, first: 65_536 } };
    const hash = createHash('sha256').update('cam\x0033000\0data/cam.raw\x000\x0065536');
    expect(placeId(place)).toBe(hash.digest('hex').slice(0, 24));
  });
});
