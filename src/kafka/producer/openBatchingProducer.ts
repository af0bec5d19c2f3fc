import kafkajs from 'kafkajs';
import type { Compression } from '../client/compression.ts';
import { type BatchingOptions, type BatchingProducer, batchingProducer } from './batchingProducer.ts';
import { sendMessages } from './sendMessages.ts';

export interface OpenProducerOptions extends BatchingOptions {
  readonly compression: Compression;
}

/** Connects a producer to Kafka. Each request waits for the one before, so messages of one key keep their order. */
export async function openBatchingProducer(
  kafka: kafkajs.Kafka,
  { compression, ...batching }: OpenProducerOptions,
): Promise<BatchingProducer> {
  let producer = await connectedProducer(kafka);
  return batchingProducer(
    {
      send: async (messages) => void (await sendMessages(async (some) => producer.sendBatch(some), messages, compression)),
      // kafkajs gives up at once on some errors of a broker that is only being restarted: then a new producer goes on.
      async reconnect() {
        await producer.disconnect().catch(() => {});
        producer = await connectedProducer(kafka).catch(() => producer);
      },
      close: () => producer.disconnect(),
    },
    batching,
  );
}

async function connectedProducer(kafka: kafkajs.Kafka): Promise<kafkajs.Producer> {
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1000 },
  });
  await producer.connect();
  return producer;
}
