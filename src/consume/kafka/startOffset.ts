import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import { pause } from '../../kafka/client/pause.ts';
import type { DonePlace } from '../../kafka/delivery/delivery.ts';
import type { TopicPartition } from '../../kafka/consumer/stickyAssigner.ts';

/** Where a group that has committed nothing begins. A time is ISO 8601. */
export type StartPolicy = 'earliest' | 'latest' | { readonly time: string } | { readonly offset: number };

/** What to do when the topic has deleted packets that were not captioned yet. */
export type TruncationPolicy = 'stop' | 'skip';

/** What to do when the topic was deleted and made anew: its offsets begin again. */
export type RecreationPolicy = 'stop' | 'restart';

/** How often the end of a topic is asked for before it counts: a new leader may not know for a moment how far it was read. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 1000;

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
 * The first offset of a topic that is not the one whose packets the group has done: it has another id, or ends before them.
 * Undefined where it is the same. Throws INPUT_UNREADABLE where the run must stop.
 *
 * @param id of the topic as it is now, where the brokers have ids
 */
export async function restartOffset(
  admin: Offsets,
  place: TopicPartition,
  done: DonePlace,
  { id, ifRecreated }: { readonly id: string | undefined; readonly ifRecreated: RecreationPolicy },
): Promise<number | undefined> {
  const isOther = id !== undefined && done.topicId !== undefined && id !== done.topicId;
  if (isOther && ifRecreated === 'stop') throw recreated(nameOf(place), { was: done.topicId, is: id, next: done.position });
  if (isOther) return (await extentOf(admin, place)).low;
  let { low, high } = await extentOf(admin, place);
  for (let look = 1; done.position > high && look < LOOKS; look++) {
    await pause(BETWEEN_LOOKS_MS);
    ({ low, high } = await extentOf(admin, place));
  }
  if (done.position <= high) return undefined;
  if (ifRecreated === 'stop') throw recreated(nameOf(place), { next: done.position, high });
  return low;
}

/** @param next the first offset that was not done, and `high` where the topic ends, where it is that which tells */
export function recreated(
  what: string,
  { was, is, next, high }: { was?: string | undefined; is?: string; next?: number; high?: number },
): PipelineError {
  const how = high === undefined ? `had the id ${was} and has ${is}` : `was read to offset ${next}, and ends at ${high}`;
  return new PipelineError(
    'INPUT_UNREADABLE',
    `${what} ${how}: the topic was deleted and made anew${high === undefined ? '' : ', or lost its newest packets with a broker'}, and what is in it has not been read. ` +
      "To read it from its beginning, use another groupId, or go on with this one: kafkaSource({ ifRecreated: 'restart' })",
  );
}

/**
 * Where a group goes on that has come to offset `next`: kafkajs would move to another offset without an error when that one
 * is gone. Throws INPUT_UNREADABLE where packets are gone and must not be skipped.
 */
export async function resumeOffset(admin: Offsets, place: TopicPartition, next: number, ifTruncated: TruncationPolicy): Promise<number> {
  const { low } = await extentOf(admin, place);
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
