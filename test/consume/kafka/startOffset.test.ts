import type kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isGapHarmless, restartOffset, resumeOffset, startOffset } from '../../../src/consume/kafka/startOffset.ts';

/** A broker whose topic has offsets 10 to 19 in partition 1; times are offsets in seconds since 1970. */
const broker = {
  fetchTopicOffsets: async () =>
    [
      { partition: 0, low: '0', high: '0' },
      { partition: 1, low: '10', high: '20' },
    ] as (kafkajs.SeekEntry & { high: string; low: string })[],
  fetchTopicOffsetsByTimestamp: async (_: string, ms = 0) => [
    { partition: 1, offset: ms <= 19_000 ? String(Math.max(10, ms / 1000)) : '-1' },
  ],
} as unknown as Pick<kafkajs.Admin, 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'>;
const place = { topic: 'packets', partition: 1 };

describe('a group that has committed nothing', () => {
  it.each([
    ['earliest', 10],
    ['latest', 20],
    [{ offset: 3 }, 3],
    [{ time: '1970-01-01T00:00:15Z' }, 15],
    [{ time: '1970-01-01T00:01:00Z' }, 20],
  ] as const)('begins, for %j, at %i', async (from, offset) => {
    expect(await startOffset(broker, place, from)).toBe(offset);
  });
});

describe('a group that has committed', () => {
  it('goes on where it was', async () => {
    expect(await resumeOffset(broker, place, 10, 'stop')).toBe(10);
    expect(await resumeOffset(broker, place, 20, 'stop')).toBe(20);
  });

  it('stops, saying what to do, or skips what retention has deleted', async () => {
    await expect(resumeOffset(broker, place, 7, 'stop')).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringMatching(/packets\/1: packets from offset 7 to 9 are gone.*ifTruncated: 'skip'/s),
    });
    expect(await resumeOffset(broker, place, 7, 'skip')).toBe(10);
  });
});

describe('a topic that was deleted and made anew', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const restart = async (position: number, topicId: string | undefined, id: string | undefined, ifRecreated: 'stop' | 'restart') => {
    const offset = restartOffset(broker, place, { position, topicId }, { id, ifRecreated });
    const result = offset.catch((cause: unknown) => (cause as Error).message);
    await vi.runAllTimersAsync();
    return result;
  };

  it('is told by its id, also where it holds more than the old one', async () => {
    expect(await restart(15, 'old', 'new', 'stop')).toMatch(
      /^packets\/1 had the id old and has new: .*another groupId.*ifRecreated: 'restart'/s,
    );
    expect(await restart(15, 'old', 'new', 'restart')).toBe(10);
  });

  it('is told by its end, where there are no ids, or a broker lost what was read', async () => {
    expect(await restart(21, undefined, undefined, 'stop')).toMatch(/was read to offset 21, and ends at 20: .* or lost its newest packets/);
    expect(await restart(21, 'same', 'same', 'restart')).toBe(10);
  });

  it('is not taken for another where the ids are the same, or not known', async () => {
    for (const topicId of ['same', undefined]) expect(await restart(20, topicId, 'same', 'stop')).toBeUndefined();
    expect(await restart(20, 'old', undefined, 'stop')).toBeUndefined();
  });
});

it('tells gaps of compaction from what retention has deleted', async () => {
  expect(await isGapHarmless(broker, place, 10)).toBe(true);
  expect(await isGapHarmless(broker, place, 9)).toBe(false);
});
