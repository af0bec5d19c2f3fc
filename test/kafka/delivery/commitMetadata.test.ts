import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineMetadata, noteBytes, pointerMetadata, readMetadata, readNote } from '../../../src/kafka/delivery/commitMetadata.ts';
import { type Note, type SensorNote, sensorHash } from '../../../src/kafka/delivery/partitionProgress.ts';

const stamp = new Uint8Array([1, 2, 3, 4, 5, 6]);
const time = fc.integer({ min: 0, max: 2 ** 50 });

const sensors = (max: number): fc.Arbitrary<SensorNote[]> =>
  fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: max }).chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          hash: fc.constant(sensorHash(name)),
          from: fc.nat(2 ** 30).map((behind) => 2 ** 51 + behind),
          mark: fc.record({ start: time, end: time, offset: time }),
          done: fc.uniqueArray(time, { maxLength: 20 }).map((starts) => starts.toSorted((a, b) => a - b)),
          idleAt: fc
            .uniqueArray(fc.nat(2 ** 30), { maxLength: 3 })
            .map((at) => at.toSorted((a, b) => a - b).map((behind) => 2 ** 51 + behind)),
        }),
      ),
    ),
  );

const sorted = (note: Omit<Note, 'position'>): object => ({
  rejected: note.rejected,
  late: note.late,
  sensors: note.sensors
    .toSorted((a, b) => a.hash - b.hash)
    .map(({ hash, from, mark, done, idleAt }) => ({ hash, from, mark, done, idleAt })),
});

describe('the metadata of a commit', () => {
  it('gives back every note that was written into it', () => {
    fc.assert(
      fc.property(
        sensors(8),
        fc.constant(2 ** 51),
        fc.uniqueArray(fc.nat(1000)),
        fc.uniqueArray(fc.nat(1000)),
        (written, position, ...offsets) => {
          const [rejected, late] = offsets.map((some) => some.toSorted((a, b) => a - b).map((offset) => position + offset));
          const note = { position, sensors: written, rejected: rejected!, late: late! };
          expect(sorted(readNote(noteBytes(note), position))).toEqual(sorted(note));
        },
      ),
    );
  });

  it('holds 256 sensors of one rig with 64 windows in flight and a straggler each in 4,096 characters', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 256, maxLength: 256 }), fc.nat(2 ** 40), (stragglers, begin) => {
        const position = 1_000_000_000;
        const note: Note = {
          position,
          rejected: [],
          late: [],
          sensors: stragglers.map((behind, i) => {
            const start = begin * 33_000 + (i % 3) * 33_000;
            // One sensor in four waits for one slow answer: everything behind it is done.
            const done = i % 4 === 0 ? Array.from({ length: behind }, (_, k) => start + (k + 2) * 33_000) : [];
            return {
              hash: sensorHash(`camera-${i}`),
              from: position + 4 * behind,
              mark: { start, end: start + 33_000, offset: position + 4 * behind + 1 },
              done,
              idleAt: [],
            };
          }),
        };
        const text = inlineMetadata(note, stamp, 4096);
        expect(text).toBeDefined();
        expect(text!.length).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 50 },
    );
  });

  it('is never cut: what does not fit is a pointer to the note', () => {
    const note: Note = {
      position: 7,
      rejected: [],
      late: [],
      sensors: [{ hash: sensorHash('a'), from: 7, done: [1, 5, 6, 900], idleAt: [] }],
    };
    expect(inlineMetadata(note, stamp, 40)).toBeDefined();
    expect(
      inlineMetadata(
        { ...note, sensors: [...note.sensors, { hash: sensorHash('b'), from: 9, done: [1, 7, 19, 80], idleAt: [] }] },
        stamp,
        40,
      ),
    ).toBeUndefined();
    const pointer = pointerMetadata(2 ** 45, stamp);
    expect(pointer.length).toBeLessThanOrEqual(40);
    expect(readMetadata(pointer, 7)).toMatchObject({ at: 2 ** 45 });
  });

  it('of another program is refused, and the message says what to do', () => {
    expect(() => readMetadata('{"other":"tool"}', 7)).toThrow(/give this pipeline a groupId of its own/);
  });
});
