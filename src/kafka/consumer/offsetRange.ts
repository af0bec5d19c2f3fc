import type kafkajs from 'kafkajs';
import { retryUntil } from '../client/retryUntil.ts';
import type { TopicPoint } from './topicPoint.ts';

/** How long a broker may be away, in milliseconds. */
const GIVE_UP_MS = 60_000;

/** A part of one partition: offsets from `first` up to, not including, `end`. */
export interface OffsetRange {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
}

/** What each partition of a topic holds now, in order of partitions. */
export async function topicRanges(admin: kafkajs.Admin, topic: string): Promise<OffsetRange[]> {
  // A topic that was created a moment ago may not have its leaders yet.
  const offsets = await retryUntil(() => admin.fetchTopicOffsets(topic), GIVE_UP_MS);
  return offsets
    .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
    .toSorted((a, b) => a.partition - b.partition);
}

/** The part of each range at or after one point and before another. */
export async function rangesBetween(
  admin: kafkajs.Admin,
  topic: string,
  ranges: readonly OffsetRange[],
  { from, to }: { readonly from: TopicPoint | undefined; readonly to: TopicPoint | undefined },
): Promise<OffsetRange[]> {
  const [fromOffset, toOffset] = [await offsetsAt(admin, topic, from), await offsetsAt(admin, topic, to)];
  return ranges.map(({ partition, first, end }) => ({
    partition,
    first: Math.min(end, Math.max(first, fromOffset(partition) ?? first)),
    end: Math.min(end, toOffset(partition) ?? end),
  }));
}

/** An offset for each partition; undefined for those without one. */
type PartitionOffsets = (partition: number) => number | undefined;

/** The offsets of a point: for a time those of the first messages at or after it. */
async function offsetsAt(admin: kafkajs.Admin, topic: string, point: TopicPoint | undefined): Promise<PartitionOffsets> {
  if (typeof point !== 'string') return (partition) => (typeof point === 'object' ? point[partition] : point);
  const found = await retryUntil(() => admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(point)), GIVE_UP_MS);
  // -1: no message since then.
  const offsets = new Map(found.map(({ partition, offset }) => [partition, Number(offset) < 0 ? Infinity : Number(offset)]));
  return (partition) => offsets.get(partition);
}
