import { z } from 'zod';
import { brokerReaches } from '../../stage/reach.ts';
import { compressions } from '../client/compression.ts';
import { type KafkaConnection, connectionSchema } from '../client/kafkaConnection.ts';
import type { DeliveryParts } from './makeDelivery.ts';
import { connectOrExplain } from '../client/connectOrExplain.ts';

/** The options that every delivery has. */
export interface DeliveryOptions extends KafkaConnection {
  /** The consumer group; with `exactlyOnce` also the beginning of the transactional ids. */
  groupId: string;
  /** How long records wait for others to be sent with, in milliseconds. @default 50 with exactlyOnce, 20 with atLeastOnce */
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

export const deliverySchema = connectionSchema.extend({
  groupId: z.string().min(1),
  commitEveryMs: z.number().positive().default(1000),
  giveUpAfterMs: z.number().positive().default(120_000),
  metadataLimit: z.int().min(40).default(4096),
  compression: z.enum(compressions).default('zstd'),
});

type Checked = z.infer<typeof deliverySchema> & { readonly lingerMs: number };

/** The parts of a delivery except its guarantee and its producer. */
export const deliveryParts = (checked: Checked): Omit<DeliveryParts, 'guarantee' | 'producer'> => {
  const { groupId, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit, brokers, clientId, tls, sasl } = checked;
  return {
    groupId,
    lingerMs,
    commitEveryMs,
    giveUpAfterMs,
    metadataLimit,
    reaches: brokerReaches(brokers, 'records, commits'),
    kafka: () => connectOrExplain({ brokers, clientId, tls, sasl }),
  };
};
