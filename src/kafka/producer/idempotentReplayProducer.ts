import kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import type { Compression } from '../client/compression.ts';
import { isFenced } from '../client/isFenced.ts';
import { withAdmin } from '../client/withAdmin.ts';
import { topicRanges } from '../consumer/offsetRange.ts';
import { readRanges } from '../consumer/readRanges.ts';
import { type BatchingProducer, batchingProducer } from './batchingProducer.ts';
import { openBatchingProducer } from './openBatchingProducer.ts';
import { type OutMessage, sendMessages } from './sendMessages.ts';

/** Writes the records of a replay into a topic that may hold some of them already. */
export interface IdempotentReplayProducer extends BatchingProducer {
  /** Whether the topic has a record of the window with this id, or at this place (placeId). */
  has(id: string): boolean;
}

export interface ReplayProducerOptions {
  readonly topic: string;
  readonly compression: Compression;
  /** Each record once, for consumers that read committed; needs transactions. */
  readonly exactlyOnce: boolean;
}

/**
 * Reads which windows the topic has records of, and writes the records of other windows. A replay has no commit to tie
 * its records to: where the outcome of a transaction is unknown, it is fenced, and what the topic has gained is read. Of
 * two replays into one topic the first one is fenced, and fails.
 */
export async function idempotentReplayProducer(
  kafka: kafkajs.Kafka,
  { topic, compression, exactlyOnce }: ReplayProducerOptions,
): Promise<IdempotentReplayProducer> {
  const { ids, readNew } = windowIdsOf(kafka, topic);
  const has = (id: string): boolean => ids.has(id);
  if (!exactlyOnce) {
    await readNew();
    return { ...(await openBatchingProducer(kafka, { compression })), has };
  }
  const transactions = replayTransactions(kafka, topic);
  await transactions.fence();
  await readNew();
  const producer = batchingProducer({
    async send(messages) {
      const missing = messages.filter((message) => !has(idOf(message)));
      if (missing.length === 0) return;
      await transactions.write(missing, compression);
      for (const message of missing) ids.add(idOf(message));
    },
    async reconnect() {
      await transactions.fence();
      await readNew();
    },
    close: transactions.close,
  });
  return { ...producer, has };
}

/** This header of a message identifies its record. */
const idOf = ({ headers }: Pick<kafkajs.KafkaMessage | OutMessage, 'headers'>): string => headers?.['window-id']?.toString() ?? '';

/** The windows that a topic has records of; `readNew` adds those that were written since it was called last. */
function windowIdsOf(kafka: kafkajs.Kafka, topic: string): { readonly ids: Set<string>; readonly readNew: () => Promise<void> } {
  const ids = new Set<string>();
  /** By partition: everything below is in `ids`. */
  const next = new Map<number, number>();
  const readNew = async (): Promise<void> => {
    const ranges = await withAdmin(kafka, (admin) => topicRanges(admin, topic));
    const unread = ranges.map((range) => ({ ...range, first: next.get(range.partition) ?? range.first }));
    await readRanges(kafka, topic, unread, (message) => {
      ids.add(idOf(message));
      const place = message.headers?.['window-place'];
      if (place) ids.add(place.toString());
    });
    for (const { partition, end } of ranges) next.set(partition, end);
  };
  return { ids, readNew };
}

/** Transactions under the id that all replays into a topic share. */
function replayTransactions(
  kafka: kafkajs.Kafka,
  topic: string,
): {
  fence: () => Promise<void>;
  write: (messages: readonly OutMessage[], compression: Compression) => Promise<void>;
  close: () => Promise<void>;
} {
  let producer: kafkajs.Producer | undefined;
  let begun: kafkajs.Transaction | undefined;
  return {
    async fence() {
      await producer?.disconnect();
      producer = kafka.producer({
        transactionalId: `saccade-replay.${topic}`,
        transactionTimeout: 30_000,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 500 },
      });
      await producer.connect();
      // The first transaction initialises the transactional id.
      begun = await producer.transaction();
    },
    async write(messages, compression) {
      try {
        const transaction = begun ?? (await producer!.transaction());
        begun = undefined;
        await sendMessages((batch) => transaction.sendBatch(batch), messages, compression);
        await transaction.commit();
      } catch (cause) {
        if (!isFenced(cause)) throw cause;
        throw new PipelineError('SINK_FAILED', `another replay writes to topic '${topic}'; run one at a time`, { cause });
      }
    },
    close: async () => producer?.disconnect(),
  };
}
