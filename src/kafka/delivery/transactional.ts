import kafkajs from 'kafkajs';
import type { Compression } from '../client/compression.ts';
import { type Committer, type InputPartition, sendAll } from './committer.ts';

/**
 * Messages and commit of one input partition in one transaction.
 *
 * Kafka refuses offsets of a member that lost its partition only to clients newer than kafkajs. So each input
 * partition has a transactional id of its own: whoever takes the partition initialises that id, and the broker then
 * refuses everything from the one before, whose open transaction it ends.
 */
export function transactional(
  kafka: kafkajs.Kafka,
  { groupId, topic, partition }: InputPartition,
  { timeoutMs, compression }: { timeoutMs: number; compression: Compression },
): Committer {
  let producer: kafkajs.Producer | undefined;
  let begun: kafkajs.Transaction | undefined;

  const begin = async (): Promise<kafkajs.Transaction> => {
    const transaction = begun ?? (await producer!.transaction());
    begun = undefined;
    return transaction;
  };

  return {
    async fence() {
      // A new producer each time: kafkajs's has no way back from a transaction whose end is not known.
      await producer?.disconnect();
      producer = kafka.producer({
        transactionalId: `${groupId}.${topic}.${partition}`,
        transactionTimeout: timeoutMs,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 500 },
      });
      await producer.connect();
      // InitProducerId is sent by the first transaction.
      begun = await producer.transaction();
    },
    async begin() {
      const transaction = await begin();
      return {
        send: (messages) => sendAll((batch) => transaction.sendBatch(batch), messages, compression),
        async commit(offset, metadata) {
          // `metadata` reaches the broker; kafkajs's types lack it.
          const partitions = [{ partition, offset: String(offset), metadata }];
          await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions }] });
          await transaction.commit();
        },
      };
    },
    async close() {
      await producer?.disconnect();
      producer = undefined;
    },
  };
}

/** Whether the broker refuses us because another instance has initialised the same transactional id. */
export function isFenced(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = (cause as { originalError?: unknown }).originalError ?? cause.cause) {
    const { type, code } = cause as { type?: string; code?: number };
    if (type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED' || code === 90) return true;
  }
  return false;
}
