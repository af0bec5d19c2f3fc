import type kafkajs from 'kafkajs';
import { topicRanges } from '../../src/kafka/consumer/offsetRange.ts';
import { readRanges } from '../../src/kafka/consumer/readRanges.ts';

/** Reads every committed message that a topic holds now. */
export async function readMessages(
  kafka: kafkajs.Kafka,
  topic: string,
  use: (message: kafkajs.KafkaMessage, partition: number) => void | Promise<void>,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const ranges = await topicRanges(admin, topic);
  await admin.disconnect();
  await readRanges(kafka, topic, ranges, use);
}
