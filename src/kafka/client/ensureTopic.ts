import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';

/** What a topic is created with. */
export interface TopicSettings {
  readonly partitions: number;
  /** Configuration entries of the topic, such as `cleanup.policy`. @default those of the broker */
  readonly config?: Readonly<Record<string, string>>;
}

export const hasTopic = async (admin: kafkajs.Admin, topic: string): Promise<boolean> => (await topicNames(admin)).includes(topic);

/** The names of all topics. Rejects with SOURCE_FAILED where no broker is connected: kafkajs reads the reply that it did not get. */
export async function topicNames(admin: kafkajs.Admin): Promise<readonly string[]> {
  try {
    return await admin.listTopics();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new PipelineError('SOURCE_FAILED', 'no broker is connected: each closed the connection, or did not answer', {
      cause,
      retryable: true,
    });
  }
}

/** Creates a topic unless it exists. */
export async function ensureTopic(admin: kafkajs.Admin, topic: string, { partitions, config = {} }: TopicSettings): Promise<void> {
  if (await hasTopic(admin, topic)) return;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  // Resolves to false, without an error, where another instance has created it in the meantime.
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
}
