import { randomUUID } from 'node:crypto';
import type kafkajs from 'kafkajs';
import { describe, inject } from 'vitest';
import { retryUntil } from '../../src/kafka/client/retryUntil.ts';
import { topicRanges } from '../../src/kafka/consumer/offsetRange.ts';
import { connect, connectionSchema } from '../../src/kafka/client/kafkaConnection.ts';

/** Addresses of the broker that was found. */
export const brokers = inject('kafkaBrokers');

/** `describe` for what needs a broker. */
export const describeKafka = describe.skipIf(brokers.length === 0);

/** The version of a broker that a test starts for itself, to set it up as it likes and to kill it. */
export const ownKafka = inject('ownKafka');

/** `describe` for what starts such a broker. */
export const describeOwnKafka = describe.skipIf(ownKafka === '');

export const client = (): kafkajs.Kafka => connect(connectionSchema.parse({ brokers }));

/** A new name, for topics and groups. */
export const unique = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;

/** Makes topics of a broker that may have started a moment ago, and not know its controller yet. */
export const makeTopics = (kafka: kafkajs.Kafka, topics: readonly string[], partitions = 1): Promise<void> =>
  retryUntil(async () => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: partitions })), waitForLeaders: true });
    } finally {
      await admin.disconnect();
    }
  }, 10_000);

/** Makes a topic, and returns its name. */
export async function makeTopic(
  word: string,
  { partitions = 1, config = {} }: { partitions?: number; config?: Record<string, string> } = {},
): Promise<string> {
  const topic = unique(word);
  const admin = client().admin();
  await admin.connect();
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }] });
  await topicRanges(admin, topic);
  await admin.disconnect();
  return topic;
}

/** Sends values of one sensor, a few at a time. */
export async function produce(
  topic: string,
  values: readonly Buffer[],
  headers: Record<string, string> = { encoding: 'evt3' },
  partition?: number,
): Promise<void> {
  const producer = client().producer();
  await producer.connect();
  for (let i = 0; i < values.length; i += 10) {
    await producer.send({
      topic,
      messages: values.slice(i, i + 10).map((value) => ({ key: 'cam', value, headers, ...(partition !== undefined && { partition }) })),
    });
  }
  await producer.disconnect();
}
