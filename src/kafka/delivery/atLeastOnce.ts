import kafkajs from 'kafkajs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Compression } from '../client/compression.ts';
import { type Committer, type InputPartition, sendAll } from './committer.ts';
import { type Delivery, type Reader, makeDelivery } from './makeDelivery.ts';
import { type DeliveryOptions, deliveryParts, deliverySchema } from './deliveryOptions.ts';

export type AtLeastOnceOptions = DeliveryOptions;

const schema = deliverySchema.extend({ lingerMs: z.number().min(0).default(20) });

/** Write, then commit: for brokers without transactions, and for outputs elsewhere. A crash in between writes again. */
export function atLeastOnce(options: AtLeastOnceOptions): Delivery {
  const checked = readOptions('atLeastOnce', schema, options);
  return makeDelivery({
    ...deliveryParts(checked),
    guarantee: 'at-least-once',
    committer: (input, kafka, reader) => plain(kafka, input, reader, checked.compression),
  });
}

function plain(
  kafka: kafkajs.Kafka,
  { topic, partition }: InputPartition,
  reader: () => Reader | undefined,
  compression: Compression,
): Committer {
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
        return sendAll((batch) => opened.sendBatch(batch), messages, compression);
      },
      // Refused while the group is being rebalanced: then the next commit says it, or the next owner does it again.
      commit: async (offset, metadata) => reader()?.commit(topic, partition, offset, metadata),
    }),
    async close() {
      await producer?.disconnect();
      producer = undefined;
    },
  };
}
