import kafkajs from 'kafkajs';
import type { Compression } from '../client/compression.ts';
import { sendMessages } from '../producer/sendMessages.ts';
import type { InputPartition, PartitionProducer } from './partitionProducer.ts';

/**
 * Writes the messages and the commit of one input partition in one transaction.
 *
 * Kafka can refuse the transactional commit of a member that lost its partition, but only for clients newer than kafkajs.
 * So each input partition has a transactional id of its own: an instance that takes the partition initialises that id,
 * after which the broker refuses everything from the previous owner and aborts its open transaction.
 */
export function transactional(
  kafka: kafkajs.Kafka,
  { groupId, topic, partition }: InputPartition,
  { timeoutMs, compression }: { timeoutMs: number; compression: Compression },
): PartitionProducer {
  let producer: kafkajs.Producer | undefined;
  let begun: kafkajs.Transaction | undefined;

  const begin = async (): Promise<kafkajs.Transaction> => {
    const transaction = begun ?? (await producer!.transaction());
    begun = undefined;
    return transaction;
  };

  return {
    async fence() {
      // A new producer each time: a kafkajs producer cannot recover from a transaction whose outcome is unknown.
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
        send: (messages) => sendMessages((batch) => transaction.sendBatch(batch), messages, compression),
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
