import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { committedMessages } from '../client/committedMessages.ts';
import { retryUntil } from '../client/retryUntil.ts';
import { Change } from './change.ts';
import { coalesced } from './coalesced.ts';
import { type OffsetRange, topicRanges } from './offsetRange.ts';
import { restartingConsumer } from './restartingConsumer.ts';

/** How long a broker may be away. */
const GIVE_UP_MS = 120_000;
/** How often the end of the topic is asked for at most; all callers that wait meanwhile share the answer. */
const ASK_EVERY_MS = 20;

/** A consumer that reads a topic to its end and goes on with what is written to it. */
export interface TopicFollower {
  /** Resolves when everything has been used that was in the topic when this was called; rejects when reading has failed. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

export interface TopicFollowerOptions {
  readonly topic: string;
  /** The offset from which a partition is read. */
  readonly firstOffset: (partition: number) => number;
  readonly use: (messages: readonly kafkajs.KafkaMessage[], partition: number) => void | Promise<void>;
  /** Called when reading has failed for good. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Follows all partitions of a topic. Nothing is committed: kafkajs only reads as a member of a group, so a group with a
 * random name exists until the follower is closed.
 */
export async function topicFollower(
  kafka: kafkajs.Kafka,
  { topic, firstOffset, use, onFailed }: TopicFollowerOptions,
): Promise<TopicFollower> {
  const admin = kafka.admin();
  await admin.connect();
  const positions = new UsedPositions();
  const { consumer, start, close } = restartingConsumer(kafka, {
    groupId: `saccade-follow-${randomUUID()}`,
    maxWaitTimeInMs: 500,
    // After a restart of the broker the consumer joins as a new member, and waits until the broker drops the old one.
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    heartbeatInterval: 1000,
    giveUpAfterMs: GIVE_UP_MS,
    onFailed(error) {
      positions.fail(error);
      onFailed(error);
    },
  });

  consumer.on('consumer.group_join', ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const offset = positions.of(partition) ?? firstOffset(partition);
      positions.advance(partition, offset);
      consumer.seek({ topic, partition, offset: String(offset) });
    }
  });
  const closeAll = async (): Promise<void> => {
    await close();
    await admin.disconnect();
  };
  const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
    await use(committedMessages(batch), batch.partition);
    positions.advance(batch.partition, Number(batch.lastOffset()) + 1);
  };
  try {
    await start([topic], eachBatch);
  } catch (cause) {
    await closeAll().catch(() => {});
    throw cause;
  }

  let askedAt = -Infinity;
  const caughtUp = coalesced(async () => {
    const earlyMs = askedAt + ASK_EVERY_MS - performance.now();
    if (earlyMs > 0) await sleep(earlyMs);
    askedAt = performance.now();
    await positions.reach(await retryUntil(() => topicRanges(admin, topic), GIVE_UP_MS));
  });

  return { caughtUp, close: closeAll };
}

/** By partition, the offset below which everything has been used. */
export class UsedPositions {
  readonly #offsets = new Map<number, number>();
  readonly #changed = new Change();
  #failure: Error | undefined;

  of(partition: number): number | undefined {
    return this.#offsets.get(partition);
  }

  advance(partition: number, offset: number): void {
    if (offset >= (this.#offsets.get(partition) ?? 0)) this.#offsets.set(partition, offset);
    this.#changed.announce();
  }

  /** Makes `reach` reject. */
  fail(error: Error): void {
    this.#failure = error;
    this.#changed.announce();
  }

  /** Resolves when the ends of all ranges are reached. */
  async reach(ranges: readonly OffsetRange[]): Promise<void> {
    const isBehind = (): boolean => ranges.some(({ partition, first, end }) => end > first && (this.of(partition) ?? -1) < end);
    while (isBehind()) {
      if (this.#failure) throw this.#failure;
      await this.#changed.next();
    }
  }
}
