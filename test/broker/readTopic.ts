import type kafkajs from 'kafkajs';
import { topicRanges } from '../../src/kafka/consumer/offsetRange.ts';
import { readRanges } from '../../src/kafka/consumer/readRanges.ts';
import { client } from './kafka.ts';

/** Every committed message that the topic holds now. */
export async function readTopic(topic: string): Promise<(kafkajs.KafkaMessage & { readonly partition: number })[]> {
  const kafka = client();
  const admin = kafka.admin();
  await admin.connect();
  const ranges = await topicRanges(admin, topic);
  await admin.disconnect();
  const read: (kafkajs.KafkaMessage & { readonly partition: number })[] = [];
  await readRanges(kafka, topic, ranges, (message, partition) => {
    read.push({ ...message, partition });
  });
  return read;
}
