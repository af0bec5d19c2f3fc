import type kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { RangeQueue, oldestOf } from '../../../src/kafka/consumer/rangeQueue.ts';

const message = (offset: number, timestampMs = offset): kafkajs.KafkaMessage =>
  ({ offset: String(offset), timestamp: String(timestampMs), key: null, value: Buffer.alloc(36) }) as kafkajs.KafkaMessage;
const fetching = (calls: string[] = []): { pause: () => void; resume: () => void } => ({
  pause: () => void calls.push('pause'),
  resume: () => void calls.push('resume'),
});
const queue = (partition: number, first: number, end: number): RangeQueue => new RangeQueue({ partition, first, end }, 1000, fetching());
const offsets = (from: RangeQueue): number[] => {
  const taken: number[] = [];
  for (let next = from.take(); next; next = from.take()) taken.push(Number(next.offset));
  return taken;
};

describe('RangeQueue', () => {
  it('takes each message of its range once', () => {
    const range = queue(0, 3, 7);
    range.add([1, 2, 3, 4].map((offset) => message(offset)));
    expect(range.next).toBe(5);
    range.add([4, 5, 6, 7].map((offset) => message(offset)));
    expect(offsets(range)).toEqual([3, 4, 5, 6]);
  });

  it('is read when the consumer has passed its end, also without a message there', () => {
    const range = queue(0, 3, 7);
    range.readTo(5);
    expect(range.isRead).toBe(false);
    range.readTo(6);
    expect(range.isRead).toBe(true);
  });

  it('pauses its partition above its limit, and for good when it is read', () => {
    const calls: string[] = [];
    const range = new RangeQueue({ partition: 0, first: 0, end: 12 }, 1000, fetching(calls));
    range.add(Array.from({ length: 11 }, (_, offset) => message(offset)));
    expect(calls).toEqual(['pause']);
    range.readTo(11);
    expect(offsets(range)).toHaveLength(11);
    expect(calls).toEqual(['pause', 'pause']);
  });
});

describe('oldestOf', () => {
  it('merges partitions by the clock of the topic', () => {
    const [left, right] = [queue(0, 0, 2), queue(1, 0, 2)];
    left.add([message(0, 10), message(1, 40)]);
    right.add([message(0, 20), message(1, 30)]);
    for (const range of [left, right]) range.readTo(1);
    const times: string[] = [];
    for (let next = oldestOf([left, right]); next instanceof RangeQueue; next = oldestOf([left, right])) times.push(next.take()!.timestamp);
    expect(times).toEqual(['10', '20', '30', '40']);
    expect(oldestOf([left, right])).toBeUndefined();
  });

  it('is unknown while a partition that is not read to its end has no message', () => {
    const [left, right] = [queue(0, 0, 2), queue(1, 0, 2)];
    left.add([message(0)]);
    expect(oldestOf([left, right])).toBe('unknown');
    right.readTo(1);
    expect(oldestOf([left, right])).toBe(left);
  });
});
