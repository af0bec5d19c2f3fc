import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';

/** Makes a topic that is absent, with so many partitions. Throws CONFIG_INVALID where their number is not given. */
export async function ensureTopic(admin: kafkajs.Admin, topic: string, partitions: number | undefined): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  if (!partitions)
    throw new PipelineError('CONFIG_INVALID', `--topic: the broker has no topic '${topic}'; create it, or give --partitions`);
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
}
