import type kafkajs from 'kafkajs';
import { type KafkaVersion, type LocalBroker, startLocalBroker } from '../../kafka-broker/localBroker.ts';
import { decoder } from '../../src/avro/wireFormat.ts';
import { connect, connectionSchema } from '../../src/kafka/client/kafkaConnection.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { readMessages } from './readMessages.ts';

/** A broker of a scenario's own, with its topics. */
export interface Rig {
  readonly broker: LocalBroker;
  readonly kafka: kafkajs.Kafka;
  readonly admin: kafkajs.Admin;
  /** The names of topics and groups begin with it. */
  readonly prefix: string;
  /** Reads each committed message of a topic that is there now. */
  readonly eachMessage: (topic: TopicName, use: (message: kafkajs.KafkaMessage) => void | Promise<void>) => Promise<void>;
  readonly eachCaption: (use: (caption: CaptionRecord) => void) => Promise<void>;
  readonly eachDeadLetter: (use: (letter: DeadLetter) => void) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type TopicName = 'packets' | 'captions' | 'dead' | 'ledger';

export interface TopicSettings {
  readonly partitions: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface RigOptions {
  readonly name: string;
  readonly topics: Readonly<Partial<Record<TopicName, TopicSettings>>>;
  readonly kafkaVersion?: KafkaVersion;
  /** Lines of server.properties. */
  readonly properties?: Readonly<Record<string, string | number>>;
}

export async function startRig({ name, topics, kafkaVersion = '4.1', properties = {} }: RigOptions): Promise<Rig> {
  const broker = await startLocalBroker({ version: kafkaVersion, properties });
  const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
  const admin = kafka.admin();
  const prefix = `${name}-${Date.now().toString(36)}`;
  const eachMessage: Rig['eachMessage'] = async (topic, use) => readMessages(kafka, `${prefix}.${topic}`, use);

  await admin.connect();
  await admin.createTopics({
    topics: Object.entries(topics).map(([topic, { partitions, config = {} }]) => ({
      topic: `${prefix}.${topic}`,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    })),
    waitForLeaders: true,
  });
  return {
    broker,
    kafka,
    admin,
    prefix,
    eachMessage,
    eachCaption: async (use) => eachMessage('captions', decoded(decoder<CaptionRecord>('caption', 'single-object', undefined), use)),
    eachDeadLetter: async (use) => eachMessage('dead', decoded(decoder<DeadLetter>('dead-letter', 'single-object', undefined), use)),
    async stop() {
      await admin.disconnect();
      await broker.stop();
    },
  };
}

const decoded =
  <Value>(read: (bytes: Buffer) => Value | Promise<Value>, use: (value: Value) => void) =>
  async ({ value }: kafkajs.KafkaMessage): Promise<void> => {
    if (value) use(await read(value));
  };
