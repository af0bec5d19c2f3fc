import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Delivery, makeDelivery } from './makeDelivery.ts';
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
 * Captions, dead letters and the commit of the packets that they came from go out in one transaction: each window has
 * exactly one record, for readers that read committed. One transactional id for each input partition fences whoever
 * had the partition before.
 */
export function exactlyOnce(options: ExactlyOnceOptions): Delivery {
  const checked = readOptions('exactlyOnce', schema, options);
  const { transactionTimeoutMs: timeoutMs, compression } = checked;
  return makeDelivery({
    ...deliveryParts(checked),
    guarantee: 'exactly-once',
    committer: (input, kafka) => transactional(kafka, input, { timeoutMs, compression }),
  });
}
