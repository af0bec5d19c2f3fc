import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineMetadata, pointerMetadata, readMetadata } from '../../../src/kafka/delivery/commitMetadata.ts';
import { decodeProgress, encodeProgress } from '../../../src/kafka/delivery/encodeProgress.ts';
import type { CommittedProgress, CommittedSensor } from '../../../src/kafka/delivery/committedProgress.ts';
import { sensorHash } from '../../../src/kafka/delivery/sensorProgress.ts';

const id = new Uint8Array([1, 2, 3, 4, 5, 6]);
const time = fc.integer({ min: 0, max: 2 ** 50 });

const sensors = (max: number): fc.Arbitrary<CommittedSensor[]> =>
  fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: max }).chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          hash: fc.constant(sensorHash(name)),
          from: fc.nat(2 ** 30).map((behind) => 2 ** 51 + behind),
          watermark: fc.record({ start: time, end: time, offset: time }),
          done: fc.uniqueArray(time, { maxLength: 20 }).map((starts) => starts.toSorted((a, b) => a - b)),
          idleAt: fc
            .uniqueArray(fc.nat(2 ** 30), { maxLength: 3 })
            .map((at) => at.toSorted((a, b) => a - b).map((behind) => 2 ** 51 + behind)),
        }),
      ),
    ),
  );

const sorted = (progress: Omit<CommittedProgress, 'position'>): object => ({
  rejected: progress.rejected,
  late: progress.late,
  sensors: progress.sensors
    .toSorted((a, b) => a.hash - b.hash)
    .map(({ hash, from, watermark, done, idleAt }) => ({ hash, from, watermark, done, idleAt })),
});

describe('the metadata of a commit', () => {
  it('gives back all progress that was written into it', () => {
    fc.assert(
      fc.property(
        sensors(8),
        fc.constant(2 ** 51),
        fc.uniqueArray(fc.nat(1000)),
        fc.uniqueArray(fc.nat(1000)),
        (written, position, ...offsets) => {
          const [rejected, late] = offsets.map((some) => some.toSorted((a, b) => a - b).map((offset) => position + offset));
          const progress = { position, sensors: written, rejected: rejected!, late: late! };
          expect(sorted(decodeProgress(encodeProgress(progress), position))).toEqual(sorted(progress));
        },
      ),
    );
  });

  it('holds 256 sensors of one rig with 64 windows in flight and a straggler each in 4,096 characters', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 256, maxLength: 256 }), fc.nat(2 ** 40), (stragglers, begin) => {
        const position = 1_000_000_000;
        const progress: CommittedProgress = {
          position,
          rejected: [],
          late: [],
          sensors: stragglers.map((behind, i) => {
            const start = begin * 33_000 + (i % 3) * 33_000;
            // One sensor in four waits for one slow answer: everything after it is done.
            const done = i % 4 === 0 ? Array.from({ length: behind }, (_, k) => start + (k + 2) * 33_000) : [];
            return {
              hash: sensorHash(`camera-${i}`),
              from: position + 4 * behind,
              watermark: { start, end: start + 33_000, offset: position + 4 * behind + 1 },
              done,
              idleAt: [],
            };
          }),
        };
        const text = inlineMetadata(progress, id, 4096);
        expect(text).toBeDefined();
        expect(text!.length).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 50 },
    );
  });

  it('is never cut off: what does not fit is a pointer to the progress topic', () => {
    const progress: CommittedProgress = {
      position: 7,
      rejected: [],
      late: [],
      sensors: [{ hash: sensorHash('a'), from: 7, done: [1, 5, 6, 900], idleAt: [] }],
    };
    expect(inlineMetadata(progress, id, 40)).toBeDefined();
    expect(
      inlineMetadata(
        { ...progress, sensors: [...progress.sensors, { hash: sensorHash('b'), from: 9, done: [1, 7, 19, 80], idleAt: [] }] },
        id,
        40,
      ),
    ).toBeUndefined();
    const pointer = pointerMetadata(2 ** 45, id);
    expect(pointer.length).toBeLessThanOrEqual(40);
    expect(readMetadata(pointer, 7)).toMatchObject({ progressAt: 2 ** 45 });
  });

  it('of another program is refused, and the message says what to do', () => {
    expect(() => readMetadata('{"other":"tool"}', 7)).toThrow(/give this pipeline a groupId of its own/);
  });

  it('names the topic that the offsets are of, where versions that know no ids of topics read on (issue 13)', () => {
    const topicId = 'k9_Zx-3bQ2uLr7TfV0wYhA';
    const progress: CommittedProgress = { position: 7, rejected: [], late: [9], sensors: [] };
    for (let more = 0; more < 3; more++) {
      const longer = { ...progress, rejected: Array.from({ length: more }, (_, i) => 10 + i) };
      const text = inlineMetadata({ ...longer, topicId }, id, 4096)!;
      const plain = inlineMetadata(longer, id, 4096)!;
      expect(text).toBe(`${plain}${plain.endsWith('=') ? '' : '='}${topicId}`);
      expect(Buffer.from(text, 'base64')).toEqual(Buffer.from(plain, 'base64'));
      expect(readMetadata(text, 7)).toMatchObject({ topicId, progress: { rejected: longer.rejected, late: [9] } });
      expect(readMetadata(plain, 7)).not.toHaveProperty('topicId');
      expect(inlineMetadata({ ...longer, topicId }, id, text.length - 1)).toBeUndefined();
    }
    expect(readMetadata(pointerMetadata(2 ** 45, id, topicId), 7)).toMatchObject({ progressAt: 2 ** 45, topicId });
  });

  it('has the bytes that earlier versions wrote and read', () => {
    const progress: CommittedProgress = {
      position: 1000,
      rejected: [1001, 1007],
      late: [1003],
      sensors: [
        {
          hash: sensorHash('left'),
          from: 1002,
          watermark: { start: 66_000, end: 99_000, offset: 1004 },
          done: [132_000, 165_000, 231_000],
          idleAt: [1009],
        },
        { hash: sensorHash('right'), from: 1000, done: [33_000], idleAt: [] },
        { hash: sensorHash('third'), from: 1005, watermark: { start: 33_000, end: 66_000, offset: 1001 }, done: [], idleAt: [] },
      ],
    };
    expect(inlineMetadata(progress, id, 4096)).toBe(
      'UwEBAgMEBQYAAycEL04CANCDBAABsemTJAEF0IME0IMEBzYPhAMFAtCDBAAEoIcI6IECAqCHCAABAgEGAQMCAQk=',
    );
    expect(inlineMetadata({ position: 7, rejected: [], late: [], sensors: [] }, id, 4096)).toBe('UwEBAgMEBQYAAAA=');
    expect(pointerMetadata(123_456, id)).toBe('UwEBAgMEBQYBwMQH');
  });
});
