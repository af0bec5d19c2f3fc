import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import { ensureTopic, hasTopic } from '../../kafka/client/ensureTopic.ts';

/** Creates a topic that does not exist. Throws CONFIG_INVALID where the number of its partitions is not given. */
export async function requireTopic(admin: kafkajs.Admin, topic: string, partitions: number | undefined): Promise<void> {
  if (partitions) return await ensureTopic(admin, topic, { partitions });
  if (!(await hasTopic(admin, topic)))
    throw new PipelineError('CONFIG_INVALID', `--topic: the broker has no topic '${topic}'; create it, or give --partitions`);
}
