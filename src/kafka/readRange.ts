import { randomUUID } from 'node:crypto';
import type kafkajs from 'kafkajs';
import { keepConsuming } from './keepConsuming.ts';
import { committedOf } from './readCommitted.ts';
import { persist } from './persist.ts';

/** How long a broker may be away, in milliseconds. */
const GIVE_UP_MS = 60_000;

/** A part of one partition: offsets from `first` up to, not including, `end`. */
export interface Range {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
}

/** What each partition of a topic holds now, in order of partitions. */
export async function rangesOf(admin: kafkajs.Admin, topic: string): Promise<Range[]> {
  // A topic that was made a moment ago may not have its leaders yet.
  const offsets = await persist(() => admin.fetchTopicOffsets(topic), GIVE_UP_MS);
  return offsets
    .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
    .toSorted((a, b) => a.partition - b.partition);
}

/**
 * Reads ranges of a topic, read-committed, to their ends; `use` gets each message in the order of its partition.
 * No offset is committed. kafkajs reads by group only, so a group with a random name lives for as long as this takes.
 * A range that ends in transaction markers, or was compacted away, ends all the same.
 */
export async function readRanges(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly Range[],
  use: (message: kafkajs.KafkaMessage, partition: number) => void | Promise<void>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const open = new Map(ranges.filter(({ first, end }) => first < end).map((range) => [range.partition, range]));
  if (open.size === 0 || signal?.aborted) return;
  /** By partition: the next offset to use. */
  const next = new Map([...open.values()].map(({ partition, first }) => [partition, first]));
  const finished = Promise.withResolvers<void>();
  const kept = keepConsuming(kafka, {
    groupId: `saccade-read-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    giveUpAfterMs: GIVE_UP_MS,
    failed: (error) => finished.reject(error),
  });
  const { consumer } = kept;
  signal?.addEventListener('abort', () => finished.resolve(), { once: true });
  consumer.on('consumer.group_join', ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      if (open.has(partition)) consumer.seek({ topic, partition, offset: String(next.get(partition)) });
      else consumer.pause([{ topic, partitions: [partition] }]);
    }
  });
  // Told of batches without messages as well: aborted records, markers.
  consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
    const range = open.get(partition);
    if (!range || Number(lastOffset) + 1 < range.end) return;
    open.delete(partition);
    consumer.pause([{ topic, partitions: [partition] }]);
    if (open.size === 0) finished.resolve();
  });
  try {
    await kept.start([topic], async ({ batch, ...call }) => {
      const { partition } = batch;
      const range = open.get(partition);
      if (!range) return;
      for (const message of committedOf(batch)) {
        const offset = Number(message.offset);
        if (signal?.aborted) return;
        if (offset < next.get(partition)! || offset >= range.end) continue;
        await use(message, partition);
        next.set(partition, offset + 1);
        await call.heartbeat();
      }
    });
    await finished.promise;
  } finally {
    await kept.close();
  }
}
