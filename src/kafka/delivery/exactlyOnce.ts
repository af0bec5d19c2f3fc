import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Delivery } from './delivery.ts';
import { makeDelivery } from './makeDelivery.ts';
import { type DeliveryOptions, deliveryParts, deliverySchema } from './deliveryOptions.ts';
import { transactional } from './transactional.ts';

export interface ExactlyOnceOptions extends DeliveryOptions {
  /** How long the broker waits for the end of a transaction before it ends it, in milliseconds. @default 30000 */
  transactionTimeoutMs?: number;
}

const schema = deliverySchema.extend({
  lingerMs: z.number().min(0).default(50),
  transactionTimeoutMs: z.number().min(1000).default(30_000),
});

/**
 * Captions, dead letters and the commit of the packets that they came from are written in one transaction: each window
 * has exactly one record, for consumers that read committed. One transactional id for each input partition fences the
 * previous owner of the partition.
 */
export function exactlyOnce(options: ExactlyOnceOptions): Delivery {
  const checked = readOptions('exactlyOnce', schema, options);
  const { transactionTimeoutMs: timeoutMs, compression } = checked;
  return makeDelivery({
    ...deliveryParts(checked),
    guarantee: 'exactly-once',
    producer: (input, kafka) => transactional(kafka, input, { timeoutMs, compression }),
  });
}
