import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { keepConsuming } from './restartingConsumer.ts';
import { persist } from '../client/retryUntil.ts';
import { committedOf } from '../client/readCommitted.ts';
import { rangesOf } from './readRange.ts';

/** How long a broker may be away. */
const GIVE_UP_MS = 120_000;
/** How often the end of the topic is asked for at most; all who wait meanwhile share the answer. */
const ASK_EVERY_MS = 20;

/** A reader that stays at the end of a topic. */
export interface Follower {
  /** Resolves when everything has been read that was in the topic when this was called; rejects when nothing is read any more. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads all partitions of a topic, each from the offset that `from` gives, and goes on with what comes. Nothing is
 * committed: kafkajs reads by group only, so a group with a random name lives as long as this does.
 */
export async function followTopic(
  kafka: kafkajs.Kafka,
  topic: string,
  from: (partition: number) => number,
  use: (messages: readonly kafkajs.KafkaMessage[], partition: number) => void | Promise<void>,
  failed: (error: Error) => void,
): Promise<Follower> {
  const admin = kafka.admin();
  await admin.connect();
  let failure: Error | undefined;
  const kept = keepConsuming(kafka, {
    groupId: `saccade-follow-${randomUUID()}`,
    maxWaitTimeInMs: 500,
    // Who comes back after a broker was restarted is a new member, and waits until the broker takes the old one for dead.
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    heartbeatInterval: 1000,
    giveUpAfterMs: GIVE_UP_MS,
    failed(error) {
      failure = error;
      moved.resolve();
      failed(error);
    },
  });
  const { consumer } = kept;
  /** Everything below has been used. */
  const reached = new Map<number, number>();
  let moved = Promise.withResolvers<void>();
  let current: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  const advance = (partition: number, offset: number): void => {
    if (offset > (reached.get(partition) ?? 0)) reached.set(partition, offset);
    moved.resolve();
    moved = Promise.withResolvers();
  };

  consumer.on('consumer.group_join', ({ payload }) => {
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const offset = reached.get(partition) ?? from(partition);
      reached.set(partition, offset);
      consumer.seek({ topic, partition, offset: String(offset) });
    }
  });
  const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
    await use(committedOf(batch), batch.partition);
    advance(batch.partition, Number(batch.lastOffset()) + 1);
  };
  await kept.start([topic], eachBatch);

  let askedAt = -Infinity;
  const catchUp = async (): Promise<void> => {
    const early = askedAt + ASK_EVERY_MS - performance.now();
    if (early > 0) await sleep(early);
    askedAt = performance.now();
    const ranges = await persist(() => rangesOf(admin, topic), GIVE_UP_MS);
    const isBehind = (): boolean => ranges.some(({ partition, first, end }) => end > first && (reached.get(partition) ?? -1) < end);
    while (isBehind()) {
      if (failure) throw failure;
      await moved.promise;
    }
  };

  return {
    // All who ask while a question is on its way share the one after it: its answer may be older than their question.
    caughtUp() {
      if (!current) return (current = catchUp().finally(() => (current = undefined)));
      return (queued ??= current
        .catch(() => {})
        .then(() => {
          queued = undefined;
          return (current = catchUp().finally(() => (current = undefined)));
        }));
    },
    async close() {
      await kept.close();
      await admin.disconnect();
    },
  };
}
