import type kafkajs from 'kafkajs';

/** What a topic is created with. */
export interface TopicSettings {
  readonly partitions: number;
  /** Configuration entries of the topic, such as `cleanup.policy`. @default those of the broker */
  readonly config?: Readonly<Record<string, string>>;
}

export const hasTopic = async (admin: kafkajs.Admin, topic: string): Promise<boolean> => (await admin.listTopics()).includes(topic);

/** Creates a topic unless it exists. */
export async function ensureTopic(admin: kafkajs.Admin, topic: string, { partitions, config = {} }: TopicSettings): Promise<void> {
  if (await hasTopic(admin, topic)) return;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  // Resolves to false, without an error, where another instance has created it in the meantime.
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
}
