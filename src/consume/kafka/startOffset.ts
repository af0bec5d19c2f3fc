import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import type { TopicPartition } from '../../kafka/consumer/stickyAssigner.ts';

/** Where a group that has committed nothing begins. A time is ISO 8601. */
export type StartPolicy = 'earliest' | 'latest' | { readonly time: string } | { readonly offset: number };

/** What to do when the topic has deleted packets that were not captioned yet. */
export type TruncationPolicy = 'stop' | 'skip';

/** The requests to a broker that are needed here. */
type Offsets = Pick<kafkajs.Admin, 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'>;

/** The first offset that is read by a group that has committed nothing. */
export async function startOffset(admin: Offsets, { topic, partition }: TopicPartition, from: StartPolicy): Promise<number> {
  if (typeof from === 'object' && 'offset' in from) return from.offset;
  const { low, high } = await extentOf(admin, { topic, partition });
  if (from === 'earliest') return low;
  if (from === 'latest') return high;
  const found = await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from.time));
  const offset = Number(found.find((entry) => entry.partition === partition)?.offset ?? -1);
  return offset < 0 ? high : offset;
}

/**
 * Where a group goes on that has come to offset `next`: kafkajs would move to another offset without an error when that one
 * is gone. Throws INPUT_UNREADABLE where the topic was created again, and where packets are gone and must not be skipped.
 */
export async function resumeOffset(admin: Offsets, place: TopicPartition, next: number, ifTruncated: TruncationPolicy): Promise<number> {
  const { low, high } = await extentOf(admin, place);
  if (next > high) {
    throw new PipelineError(
      'INPUT_UNREADABLE',
      `${nameOf(place)}: the group had come to offset ${next}, but the topic ends at ${high}: it was created again. Use another groupId`,
    );
  }
  if (next >= low) return next;
  if (ifTruncated === 'stop') throw truncated(place, next, low);
  return low;
}

/** Whether a jump from offset `next` to a later one loses nothing: compaction and transaction markers leave gaps, retention removes the beginning. */
export const isGapHarmless = async (admin: Offsets, place: TopicPartition, next: number): Promise<boolean> =>
  (await extentOf(admin, place)).low <= next;

/** @param low the first offset that is still there, where it is known */
export const truncated = (place: TopicPartition, next: number, low?: number): PipelineError =>
  new PipelineError(
    'INPUT_UNREADABLE',
    `${nameOf(place)}: packets from offset ${next}${low === undefined ? '' : ` to ${low - 1}`} are gone by the topic's retention before they were captioned. ` +
      "Raise retention.ms and use another groupId, or go on without them: kafkaSource({ ifTruncated: 'skip' })",
  );

async function extentOf(admin: Offsets, { topic, partition }: TopicPartition): Promise<{ low: number; high: number }> {
  const found = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
  return { low: Number(found?.low ?? 0), high: Number(found?.high ?? 0) };
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
