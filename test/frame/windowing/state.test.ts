import * as fc from 'fast-check';
import { Subject, from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../../src/decode/events.ts';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { windows } from '../../../src/frame/windowing/windows.ts';
import { adaptive } from '../../../src/frame/windows/adaptive.ts';
import { fixedCount } from '../../../src/frame/windows/fixedCount.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { sliding } from '../../../src/frame/windows/sliding.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import type { Reject } from '../../../src/stage/reject.ts';
import type { StateOptions } from '../../../src/stage/stateOptions.ts';
import { type Dot, batchOf, dotsOf, packetsOf } from '../dots.ts';

/** Side by side, so that each event is in one window. */
const sideBySide: readonly (readonly [string, () => Windowing])[] = [
  ['tumbling', () => tumbling({ everyMs: 10 })],
  ['tumbling with lateness', () => tumbling({ everyMs: 10, lateAfterMs: 4 })],
  ['mixed', () => mixed({ everyMs: 10, orEvents: 9, atLeastMs: 2, lateAfterMs: 1 })],
  ['fixedCount', () => fixedCount({ events: 1000 })],
  ['adaptive', () => adaptive({ perPixel: 1, atLeastMs: 3, atMostMs: 20 })],
];
const all = [...sideBySide, ['sliding', () => sliding({ everyMs: 5, lengthMs: 20 })] as const];

const facts = ({ start, end, count, closedBy, isCut = false, slices }: EventWindow): unknown => ({
  start,
  end,
  count,
  closedBy,
  isCut,
  dots: dotsOf(slices).map(({ x }) => x),
});

describe.each(all)('a window of %s that is full (issue 11)', (_, make) => {
  const cutAll = (packets: readonly (readonly Dot[])[], windowEvents: number) => {
    const assigner = make().start({ horizonUs: 0, windowEvents });
    const closed = packets.flatMap((dots, index) => assigner.push(batchOf(dots, { index })));
    closed.push(...assigner.flush());
    return { closed, late: assigner.late, held: assigner.heldBytes };
  };

  it('is cut at the same event however the stream was cut into packets, and holds no more than it may', () => {
    fc.assert(
      fc.property(packetsOf(), fc.integer({ min: 1, max: 6 }), (packets, most) => {
        const whole = cutAll([packets.flat()], most);
        const single = cutAll(
          packets.flat().map((dot) => [dot]),
          most,
        );
        const given = cutAll(packets, most);
        expect(given.closed.map(facts)).toEqual(whole.closed.map(facts));
        expect(single.closed.map(facts)).toEqual(whole.closed.map(facts));
        expect([given.late, single.late]).toEqual([whole.late, whole.late]);
        expect([given.held, single.held, whole.held]).toEqual([0, 0, 0]);
        for (const { count, start, end, slices } of whole.closed) {
          expect(count).toBeLessThanOrEqual(2 * most);
          expect(dotsOf(slices).every(({ t }) => start <= t && t < end)).toBe(true);
        }
        const starts = whole.closed.filter(({ closedBy }) => closedBy !== 'time').map(({ start }) => start);
        expect(new Set(starts).size).toBe(starts.length);
      }),
      { numRuns: 300 },
    );
  });

  it('loses no event: each is in a window or late', () => {
    fc.assert(
      fc.property(packetsOf(), fc.integer({ min: 1, max: 6 }), (packets, most) => {
        const { closed, late } = cutAll(packets, most);
        const taken = new Set(closed.flatMap(({ slices }) => dotsOf(slices).map(({ x }) => x)));
        const missing = packets.flat().filter(({ x }) => !taken.has(x)).length;
        expect(late).toBeGreaterThanOrEqual(missing);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same where the bound is not reached', () => {
    fc.assert(
      fc.property(packetsOf(), (packets) => {
        expect(cutAll(packets, 10_000).closed.map(facts)).toEqual(cutAll(packets, Infinity).closed.map(facts));
      }),
    );
  });
});

it('a window that is cut says so, and as many events again of its microsecond are in it, no more (issue 11)', () => {
  const assigner = tumbling({ everyMs: 10 }).start({ horizonUs: 0, windowEvents: 3 });
  const dots = [1, 2, 2, 2, 2, 2, 2, 9].map((t, x) => ({ t, x, y: 0, p: 1 }));
  const closed = [...assigner.push(batchOf(dots)), ...assigner.flush()];
  expect(closed.map(facts)).toEqual([
    { start: 0, end: 3, count: 6, closedBy: 'count', isCut: true, dots: [0, 1, 2, 3, 4, 5] },
    { start: 3, end: 10_000, count: 1, closedBy: 'end', isCut: false, dots: [7] },
  ]);
  expect([assigner.late, assigner.takeLate().map(({ from: at, to }) => [at, to])]).toEqual([1, [[6, 7]]]);
});

/** Packets of several sensors, in turn as `order` says. */
const interleaved = fc
  .array(packetsOf(), { minLength: 3, maxLength: 6 })
  .chain((sensors) => fc.tuple(fc.constant(sensors), fc.array(fc.nat(sensors.length - 1), { minLength: 20, maxLength: 80 })))
  .map(([sensors, order]) => {
    const next = sensors.map(() => 0);
    return order.flatMap((sensor, index) => {
      const dots = sensors[sensor]![next[sensor]!++];
      return dots ? [{ ...batchOf(dots, { index }), sensor: `cam${sensor}` }] : [];
    });
  });

const run = async (batches: readonly EventBatch[], windowing: Windowing, state: StateOptions) => {
  const late: string[] = [];
  const reject: Reject = async (_, { sensor, ack }, __, { payload }) => {
    for (const line of Buffer.from(payload!).toString().trim().split('\n').slice(1)) late.push(`${sensor} ${line.split(',')[1]}`);
    ack();
  };
  const acked = new Map<number, number>();
  const counted = batches.map((batch) => ({
    ...batch,
    ack: () => void acked.set(batch.position.first, (acked.get(batch.position.first) ?? 0) + 1),
  }));
  const found = await lastValueFrom(from(counted).pipe(windows(windowing, { state, reject }), toArray()));
  for (const window of found) window.ack();
  await new Promise(setImmediate);
  return { found, late, acks: batches.map(({ position }) => acked.get(position.first)) };
};
const eventsOf = (found: readonly EventWindow[]): string[] =>
  found.flatMap(({ sensor, slices }) => dotsOf(slices).map(({ x }) => `${sensor} ${x}`));

describe.each(sideBySide)('sensors that rest, with %s (issue 11)', (_, make) => {
  it.each([
    ['too many sensors', { sensors: 2 }],
    ['too many bytes', { bytes: 10_000 }],
  ] as const)('lose no event and have none twice: %s', async (__, state) => {
    await fc.assert(
      fc.asyncProperty(interleaved, async (batches) => {
        const { found, late, acks } = await run(batches, make(), state);
        const given = batches.flatMap(({ sensor, events }) => Array.from(events.x.slice(0, events.length), (x) => `${sensor} ${x}`));
        expect([...eventsOf(found), ...late].toSorted()).toEqual(given.toSorted());
        expect(acks.every((times) => times === 1)).toBe(true);
        const spans = found.map(({ sensor, start, end }) => `${sensor} ${start} ${end}`);
        expect(new Set(spans).size).toBe(spans.length);
        for (const { start, end, slices } of found) expect(dotsOf(slices).every(({ t }) => start <= t && t < end)).toBe(true);
        expect(found.filter(({ closedBy }) => closedBy === 'idle').every(({ idleAt }) => idleAt !== undefined)).toBe(true);
      }),
    );
  });

  it('do not rest where nothing is passed', async () => {
    await fc.assert(
      fc.asyncProperty(interleaved, async (batches) => {
        const [bounded, unbounded] = [
          await run(batches, make(), { sensors: 6 }),
          await run(batches, make(), { sensors: 1e9, bytes: 1e15 }),
        ];
        expect(bounded.found.map(facts)).toEqual(unbounded.found.map(facts));
      }),
      { numRuns: 30 },
    );
  });

  it('rest at the same packet in a replay that knows where', async () => {
    const session = (idleAt?: readonly number[]) => ({
      idleAt,
      lifetime: { isOver: false, over: new Subject() },
      register: () => true,
      finish: () => {},
    });
    await fc.assert(
      fc.asyncProperty(interleaved, async (batches) => {
        const { found } = await run(batches, make(), { sensors: 2 });
        const own = batches.filter(({ sensor }) => sensor === 'cam0');
        const idleAt = [...new Set(found.filter(({ sensor }) => sensor === 'cam0').flatMap((window) => window.idleAt ?? []))];
        const replayed = session(idleAt);
        const again = await run(
          own.map((batch) => ({ ...batch, session: replayed })),
          make(),
          {},
        );
        const live = found.filter(({ sensor }) => sensor === 'cam0');
        // What is still open at the end of both was closed by it in one, and by the rest that came after in the other.
        expect(again.found.map(({ start, count }) => [start, count])).toEqual(live.map(({ start, count }) => [start, count]));
      }),
    );
  });
});
