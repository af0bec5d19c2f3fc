import kafkajs from 'kafkajs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Compression } from '../client/compression.ts';
import { sendMessages } from '../producer/sendMessages.ts';
import type { Delivery, DeliveryReader } from './delivery.ts';
import { makeDelivery } from './makeDelivery.ts';
import type { InputPartition, PartitionProducer } from './partitionProducer.ts';
import { type DeliveryOptions, deliveryParts, deliverySchema } from './deliveryOptions.ts';

export type AtLeastOnceOptions = DeliveryOptions;

const schema = deliverySchema.extend({ lingerMs: z.number().min(0).default(20) });

/** Writes, then commits: for brokers without transactions, and for outputs outside Kafka. After a crash in between, records are written twice. */
export function atLeastOnce(options: AtLeastOnceOptions): Delivery {
  const checked = readOptions('atLeastOnce', schema, options);
  return makeDelivery({
    ...deliveryParts(checked),
    guarantee: 'at-least-once',
    producer: (input, kafka, reader) => plain(kafka, input, reader, checked.compression),
  });
}

function plain(
  kafka: kafkajs.Kafka,
  { topic, partition }: InputPartition,
  reader: () => DeliveryReader | undefined,
  compression: Compression,
): PartitionProducer {
  let producer: kafkajs.Producer | undefined;
  const open = async (): Promise<kafkajs.Producer> => {
    if (producer) return producer;
    const fresh = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 5, initialRetryTime: 100 },
    });
    await fresh.connect();
    return (producer = fresh);
  };
  return {
    fence: async () => {},
    begin: async () => ({
      send: async (messages) => {
        const opened = await open();
        return sendMessages((batch) => opened.sendBatch(batch), messages, compression);
      },
      // Refused while the group is being rebalanced: then the next commit covers it, or the next owner repeats the work.
      commit: async (offset, metadata) => reader()?.commit(topic, partition, offset, metadata),
    }),
    async close() {
      await producer?.disconnect();
      producer = undefined;
    },
  };
}
