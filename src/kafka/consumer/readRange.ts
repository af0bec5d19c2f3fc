import { randomUUID } from 'node:crypto';
import type kafkajs from 'kafkajs';
import { keepConsuming } from './restartingConsumer.ts';
import { committedOf } from '../client/readCommitted.ts';
import { persist } from '../client/retryUntil.ts';

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

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Bytes that wait of each partition; above it is paused, below half of it goes on. @default 4 MiB */
  readonly bufferBytes?: number;
  /** Told of each partition whose last message was given out. */
  readonly ended?: (partition: number) => void;
}

/** Reads ranges of a topic to their ends, as `messagesOf` does; `use` gets each message. */
export async function readRanges(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly Range[],
  use: (message: kafkajs.KafkaMessage, partition: number) => void | Promise<void>,
  options: ReadOptions = {},
): Promise<void> {
  for await (const { message, partition } of messagesOf(kafka, topic, ranges, options)) await use(message, partition);
}

/** What waits of one range. */
interface Queue extends Range {
  /** The next offset to take in. */
  next: number;
  /** Oldest first; `head` is the next one. */
  messages: kafkajs.KafkaMessage[];
  head: number;
  bytes: number;
  isPaused: boolean;
  isRead: boolean;
}

/**
 * Messages of ranges of a topic, read-committed, to the ends of the ranges: those of a partition in its order, partitions
 * side by side by the topic's clock. No offset is committed. kafkajs reads by group only, so a group with a random name
 * lives for as long as this takes. A range that ends in transaction markers, or was compacted away, ends all the same.
 */
export async function* messagesOf(
  kafka: kafkajs.Kafka,
  topic: string,
  ranges: readonly Range[],
  { signal, bufferBytes = 4 * 2 ** 20, ended }: ReadOptions = {},
): AsyncGenerator<{ readonly message: kafkajs.KafkaMessage; readonly partition: number }, void> {
  const queues = new Map(ranges.filter(({ first, end }) => first < end).map((range) => [range.partition, queueOf(range)]));
  if (queues.size === 0 || signal?.aborted) return;
  let failure: Error | undefined;
  let moved = Promise.withResolvers<void>();
  const wake = (): void => {
    moved.resolve();
    moved = Promise.withResolvers();
  };
  const kept = keepConsuming(kafka, {
    groupId: `saccade-read-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    giveUpAfterMs: GIVE_UP_MS,
    failed(error) {
      failure = error;
      wake();
    },
  });
  const { consumer } = kept;
  const pause = (partition: number): void => consumer.pause([{ topic, partitions: [partition] }]);

  consumer.on('consumer.group_join', ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const queue = queues.get(partition);
      if (queue && !queue.isRead) consumer.seek({ topic, partition, offset: String(queue.next) });
      else pause(partition);
    }
  });
  // Told of batches without messages as well: aborted records, markers.
  consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
    const queue = queues.get(partition);
    if (!queue || Number(lastOffset) + 1 < queue.end) return;
    queue.isRead = true;
    pause(partition);
    wake();
  });
  const takeIn = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
    const queue = queues.get(batch.partition);
    if (!queue) return;
    for (const message of committedOf(batch)) {
      const offset = Number(message.offset);
      if (offset < queue.next || offset >= queue.end) continue;
      queue.messages.push(message);
      queue.bytes += sizeOf(message);
      queue.next = offset + 1;
    }
    queue.isPaused = queue.bytes > bufferBytes;
    if (queue.isPaused) pause(batch.partition);
    wake();
  };

  signal?.addEventListener('abort', wake, { once: true });
  try {
    await kept.start([topic], takeIn);
    for (;;) {
      if (signal?.aborted) return;
      if (failure) throw failure;
      for (const [partition, { isRead, head, messages }] of queues) {
        if (!isRead || head < messages.length) continue;
        queues.delete(partition);
        ended?.(partition);
      }
      const queue = oldest(queues.values());
      if (queue === 'unknown') {
        await moved.promise;
        continue;
      }
      if (!queue) return;
      const message = queue.messages[queue.head]!;
      take(queue, message);
      if (queue.isPaused && !queue.isRead && queue.bytes <= bufferBytes / 2) {
        queue.isPaused = false;
        consumer.resume([{ topic, partitions: [queue.partition] }]);
      }
      yield { message, partition: queue.partition };
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    await kept.close();
  }
}

const queueOf = (range: Range): Queue => ({ ...range, next: range.first, messages: [], head: 0, bytes: 0, isPaused: false, isRead: false });

const sizeOf = ({ key, value }: kafkajs.KafkaMessage): number => (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + 64;

/** The queue whose next message is the oldest; undefined at the end of all; 'unknown' while one that may have an older one is empty. */
function oldest(queues: Iterable<Queue>): Queue | 'unknown' | undefined {
  let found: Queue | undefined;
  let time = Infinity;
  for (const queue of queues) {
    const message = queue.messages[queue.head];
    if (!message && !queue.isRead) return 'unknown';
    if (message && Number(message.timestamp) < time) {
      time = Number(message.timestamp);
      found = queue;
    }
  }
  return found;
}

function take(queue: Queue, message: kafkajs.KafkaMessage): void {
  queue.head++;
  queue.bytes -= sizeOf(message);
  if (queue.head * 2 <= queue.messages.length) return;
  queue.messages.splice(0, queue.head);
  queue.head = 0;
}
