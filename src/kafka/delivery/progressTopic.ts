import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import { ensureTopic } from '../client/ensureTopic.ts';
import { readRanges } from '../consumer/readRanges.ts';
import type { InputPartition } from './partitionProducer.ts';
import type { OutMessage } from '../producer/sendMessages.ts';

/** The compacted topic of a group for progress that is too long for the metadata of a commit. */
export const progressTopic = (groupId: string): string => `${groupId}.progress`;

export const ensureProgressTopic = (admin: kafkajs.Admin, groupId: string): Promise<void> =>
  ensureTopic(admin, progressTopic(groupId), { partitions: 1, config: { 'cleanup.policy': 'compact' } });

export const progressRecord = ({ groupId, topic, partition }: InputPartition, value: Buffer): OutMessage => ({
  topic: progressTopic(groupId),
  key: `${topic}/${partition}`,
  value,
});

/** Rejects with SOURCE_FAILED where there is no such record. */
export async function readProgressRecord(kafka: kafkajs.Kafka, groupId: string, offset: number): Promise<Buffer> {
  const topic = progressTopic(groupId);
  let value: Buffer | null = null;
  await readRanges(kafka, topic, [{ partition: 0, first: offset, end: offset + 1 }], (message) => {
    value = message.value;
  });
  if (value) return value;
  throw new PipelineError('SOURCE_FAILED', `record ${offset} of topic ${topic} is gone; it says what of the input is done`);
}
