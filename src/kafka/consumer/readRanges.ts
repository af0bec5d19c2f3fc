import { randomUUID } from 'node:crypto';
import type kafkajs from 'kafkajs';
import { committedMessages } from '../client/committedMessages.ts';
import { Change } from './change.ts';
import type { OffsetRange } from './offsetRange.ts';
import { RangeQueue, oldestOf } from './rangeQueue.ts';
import { type RestartingConsumer, restartingConsumer } from './restartingConsumer.ts';

/** How long a broker may be away, in milliseconds. */
const GIVE_UP_MS = 60_000;

export interface ReadRangesOptions {
  /** Bytes that wait of each partition; above it the partition is paused, at half of it resumed. @default 4 MiB */
  readonly bufferBytes?: number;
  /** Called for each partition whose last message was given out. */
  readonly onEnded?: (partition: number) => void;
  /** Whether messages that could not be read end the reading, or are given out with the reason in `unreadable`. @default 'throw' */
  readonly unreadable?: 'throw' | 'keep';
}

export interface PartitionMessage {
  readonly message: kafkajs.KafkaMessage;
  readonly partition: number;
}

/** Reads ranges of a topic to their ends, as `messagesIn` does; `use` gets each message. */
export async function readRanges(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly OffsetRange[],
  use: (message: kafkajs.KafkaMessage, partition: number) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for await (const { message, partition } of messagesIn(kafka, topic, ranges, {}, signal)) await use(message, partition);
}

/**
 * The committed messages of ranges of a topic, to the ends of the ranges: those of a partition in its order, partitions
 * merged by the topic's clock. No offset is committed. kafkajs only reads as a member of a group, so a group with a random
 * name exists for as long as this takes. A range that ends in transaction markers, or was compacted away, ends as well.
 */
export async function* messagesIn(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly OffsetRange[],
  { bufferBytes = 4 * 2 ** 20, onEnded, unreadable = 'throw' }: ReadRangesOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<PartitionMessage, void> {
  const unread = ranges.filter(({ first, end }) => first < end);
  if (unread.length === 0 || signal?.aborted) return;
  const changed = new Change();
  const reader = rangeReader(kafka, topic, unread, { bufferBytes, unreadable }, changed);
  const onAbort = (): void => changed.announce();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await reader.start();
    for (;;) {
      if (signal?.aborted) return;
      reader.throwIfFailed();
      for (const partition of reader.removeEnded()) onEnded?.(partition);
      const queue = oldestOf(reader.queues.values());
      if (!queue) return;
      if (queue === 'unknown') await changed.next();
      else yield { message: queue.take()!, partition: queue.partition };
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await reader.close();
  }
}

interface RangeReader {
  /** By partition: the ranges that are not given out to their ends. */
  readonly queues: ReadonlyMap<number, RangeQueue>;
  start(): Promise<void>;
  throwIfFailed(): void;
  /** Removes the queues of ranges that were given out to their ends, and returns their partitions. */
  removeEnded(): number[];
  close(): Promise<void>;
}

/** A consumer that fetches ranges into a queue for each. */
function rangeReader(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly OffsetRange[],
  { bufferBytes, unreadable }: Required<Pick<ReadRangesOptions, 'bufferBytes' | 'unreadable'>>,
  changed: Change,
): RangeReader {
  let failure: Error | undefined;
  const { consumer, start, close }: RestartingConsumer = restartingConsumer(kafka, {
    groupId: `saccade-read-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    giveUpAfterMs: GIVE_UP_MS,
    onFailed(error) {
      failure = error;
      changed.announce();
    },
  });
  const fetching = (partition: number): { pause: () => void; resume: () => void } => ({
    pause: () => consumer.pause([{ topic, partitions: [partition] }]),
    resume: () => consumer.resume([{ topic, partitions: [partition] }]),
  });
  const queues = new Map(ranges.map((range) => [range.partition, new RangeQueue(range, bufferBytes, fetching(range.partition))]));

  consumer.on('consumer.group_join', ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const queue = queues.get(partition);
      if (queue && !queue.isRead) consumer.seek({ topic, partition, offset: String(queue.next) });
      else fetching(partition).pause();
    }
  });
  // This event comes after batches without messages as well: those of aborted records and of markers.
  consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
    queues.get(partition)?.readTo(Number(lastOffset));
    changed.announce();
  });
  const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
    queues.get(batch.partition)?.add(committedMessages(batch, { unreadable }));
    changed.announce();
  };

  return {
    queues,
    start: () => start([topic], eachBatch),
    throwIfFailed() {
      if (failure) throw failure;
    },
    removeEnded() {
      const ended = [...queues.values()].filter(({ isRead, oldest }) => isRead && !oldest).map(({ partition }) => partition);
      for (const partition of ended) queues.delete(partition);
      return ended;
    },
    close,
  };
}
