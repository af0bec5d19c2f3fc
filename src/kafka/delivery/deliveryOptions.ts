import { z } from 'zod';
import { compressions } from '../client/compression.ts';
import { type KafkaConnection, connectionSchema } from '../client/connection.ts';
import type { DeliveryParts } from './makeDelivery.ts';
import { reach } from '../client/connectOrExplain.ts';

/** What every delivery can be told. */
export interface DeliveryOptions extends KafkaConnection {
  /** The consumer group; with `exactlyOnce` also the beginning of the transactional ids. */
  groupId: string;
  /** How long records wait for others to go out with, in milliseconds. @default 50 with exactlyOnce, 20 with atLeastOnce */
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

/** What a delivery is made of, but for the way out. */
export const deliveryParts = (checked: Checked): Omit<DeliveryParts, 'guarantee' | 'committer'> => {
  const { groupId, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit, brokers, clientId, tls, sasl } = checked;
  return { groupId, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit, kafka: () => reach({ brokers, clientId, tls, sasl }) };
};
