import { z } from 'zod';
import { readOptions } from '../options.ts';
import { compressions } from './codecs.ts';
import { type KafkaConnection, connect, connectionSchema } from './connection.ts';
import { type Delivery, makeDelivery } from './delivery.ts';
import { transactional } from './transactional.ts';

export interface ExactlyOnceOptions extends KafkaConnection {
  /** The consumer group; also the beginning of the transactional ids. */
  groupId: string;
  /** How long records wait for others to share a transaction with, in milliseconds. @default 50 */
  lingerMs?: number;
  /** How often a position without records is committed, in milliseconds. @default 1000 */
  commitEveryMs?: number;
  /** How long the broker waits for the end of a transaction before it ends it, in milliseconds. @default 30000 */
  transactionTimeoutMs?: number;
  /** How long a record is tried to be written before the run fails, in milliseconds. @default 120000 */
  giveUpAfterMs?: number;
  /** Longest metadata of a commit that the broker takes (`offset.metadata.max.bytes`). @default 4096 */
  metadataLimit?: number;
  /** Compression of what is written. @default 'zstd' */
  compression?: (typeof compressions)[number];
}

const schema = connectionSchema.extend({
  groupId: z.string().min(1),
  lingerMs: z.number().min(0).default(50),
  commitEveryMs: z.number().positive().default(1000),
  transactionTimeoutMs: z.number().min(1000).default(30_000),
  giveUpAfterMs: z.number().positive().default(120_000),
  metadataLimit: z.int().min(40).default(4096),
  compression: z.enum(compressions).default('zstd'),
});

/**
 * Captions, dead letters and the commit of the packets that they came from go out in one transaction: each window has
 * exactly one record, for readers that read committed. One transactional id for each input partition fences whoever
 * had the partition before.
 */
export function exactlyOnce(options: ExactlyOnceOptions): Delivery {
  const { groupId, transactionTimeoutMs, compression, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit, ...connection } = readOptions(
    'exactlyOnce',
    schema,
    options,
  );
  return makeDelivery({
    guarantee: 'exactly-once',
    groupId,
    lingerMs,
    commitEveryMs,
    giveUpAfterMs,
    metadataLimit,
    kafka: () => connect(connection),
    committer: (input, kafka) => transactional(kafka, input, { timeoutMs: transactionTimeoutMs, compression }),
  });
}
