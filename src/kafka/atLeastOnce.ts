import kafkajs from 'kafkajs';
import { z } from 'zod';
import { readOptions } from '../options.ts';
import { compressions } from './codecs.ts';
import { type Committer, type InputPartition, sendAll } from './committer.ts';
import { type KafkaConnection, connect, connectionSchema } from './connection.ts';
import { type Delivery, type Reader, makeDelivery } from './delivery.ts';

export interface AtLeastOnceOptions extends KafkaConnection {
  /** The consumer group. */
  groupId: string;
  /** How long records wait for others to go out with, in milliseconds. @default 20 */
  lingerMs?: number;
  /** How often a position without records is committed, in milliseconds. @default 1000 */
  commitEveryMs?: number;
  /** How long a record is tried to be written before the run fails, in milliseconds. @default 120000 */
  giveUpAfterMs?: number;
  /** Longest metadata of a commit that the broker takes (`offset.metadata.max.bytes`). @default 4096 */
  metadataLimit?: number;
  /** Compression of what is written. @default 'zstd' */
  compression?: (typeof compressions)[number];
}

const schema = connectionSchema.extend({
  groupId: z.string().min(1),
  lingerMs: z.number().min(0).default(20),
  commitEveryMs: z.number().positive().default(1000),
  giveUpAfterMs: z.number().positive().default(120_000),
  metadataLimit: z.int().min(40).default(4096),
  compression: z.enum(compressions).default('zstd'),
});

/** Write, then commit: for brokers without transactions, and for outputs elsewhere. A crash in between writes again. */
export function atLeastOnce(options: AtLeastOnceOptions): Delivery {
  const { groupId, compression, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit, ...connection } = readOptions(
    'atLeastOnce',
    schema,
    options,
  );
  return makeDelivery({
    guarantee: 'at-least-once',
    groupId,
    lingerMs,
    commitEveryMs,
    giveUpAfterMs,
    metadataLimit,
    kafka: () => connect(connection),
    committer: (input, kafka, reader) => plain(kafka, input, reader, compression),
  });
}

function plain(
  kafka: kafkajs.Kafka,
  { topic, partition }: InputPartition,
  reader: () => Reader | undefined,
  compression: (typeof compressions)[number],
): Committer {
  let producer: kafkajs.Producer | undefined;
  const open = async (): Promise<kafkajs.Producer> => {
    if (producer) return producer;
    const fresh = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 5, initialRetryTime: 100 },
    });
    await fresh.connect();
    return (producer = fresh);
  };
  return {
    fence: async () => {},
    begin: async () => ({
      send: async (messages) => {
        const opened = await open();
        return sendAll((batch) => opened.sendBatch(batch), messages, compression);
      },
      // Refused while the group is being rebalanced: then the next commit says it, or the next owner does it again.
      commit: async (offset, metadata) => reader()?.commit(topic, partition, offset, metadata),
    }),
    async close() {
      await producer?.disconnect();
      producer = undefined;
    },
  };
}
