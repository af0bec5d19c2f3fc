import { z } from 'zod';
import { brokerReaches } from '../../stage/reach.ts';
import { PipelineError } from '../../errors.ts';
import { atLeastOnce } from '../../kafka/delivery/atLeastOnce.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import type { Delivery } from '../../kafka/delivery/delivery.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import { readOptions } from '../../readOptions.ts';
import { groupShare } from '../kafka/groupShare.ts';
import { packetDecoder } from '../kafka/packetDecoder.ts';
import { type PacketEncoding, packetEncodingFields, wireOf } from '../kafka/packetEncoding.ts';
import { readConsumerGroup } from '../kafka/readConsumerGroup.ts';
import type { Source } from '../source.ts';

export interface KafkaSourceOptions extends KafkaConnection, PacketEncoding {
  /** A topic, several, or those whose names a pattern matches when the run starts. */
  topic: string | readonly string[] | RegExp;
  /** Ties the commits to the outputs; shared with the sinks. @default at least once, of `groupId` */
  delivery?: Delivery;
  /** The consumer group, where there is no `delivery`. */
  groupId?: string;
  /** Where a group that has committed nothing begins. A time is ISO 8601. @default 'earliest' */
  from?: 'earliest' | 'latest' | { readonly time: string } | { readonly offset: number };
  /** What to do when the topic has deleted packets that were not captioned yet. @default 'stop' */
  ifTruncated?: 'stop' | 'skip';
  /** What to do when a topic was deleted and made anew, so that its offsets begin again: `restart` reads it from its first packet. @default 'stop' */
  ifRecreated?: 'stop' | 'restart';
  /** Bytes of packets that wait in each partition; above it the partition is paused, at half of it resumed. @default 8 MiB */
  bufferBytes?: number;
  /** How long the broker waits for new packets before it answers, and so how long a partition takes to resume, in milliseconds. @default 100 */
  maxWaitMs?: number;
  /** After this long without a heartbeat an instance is taken for dead, in milliseconds. @default 30000 */
  sessionTimeoutMs?: number;
  /** After this long without any answer of the broker the run fails, in milliseconds. @default 300000 */
  stallTimeoutMs?: number;
}

const schema = connectionSchema.extend({
  topic: z.union([z.string().min(1), z.array(z.string().min(1)).min(1), z.instanceof(RegExp)]),
  delivery: z
    .custom<Delivery>(
      (value) => typeof value === 'object' && value !== null && 'take' in value,
      'must be exactlyOnce({...}) or atLeastOnce({...})',
    )
    .optional(),
  groupId: z.string().min(1).optional(),
  from: z
    .union([
      z.enum(['earliest', 'latest']),
      z.strictObject({ time: z.iso.datetime({ offset: true }) }),
      z.strictObject({ offset: z.int().min(0) }),
    ])
    .default('earliest'),
  ifTruncated: z.enum(['stop', 'skip']).default('stop'),
  ifRecreated: z.enum(['stop', 'restart']).default('stop'),
  ...packetEncodingFields,
  bufferBytes: z
    .int()
    .positive()
    .default(8 * 2 ** 20),
  maxWaitMs: z.int().min(10).default(100),
  sessionTimeoutMs: z.int().min(1000).default(30_000),
  stallTimeoutMs: z.int().positive().default(300_000),
});

type Checked = z.infer<typeof schema>;

/**
 * Packets of Kafka topics, as a member of a consumer group: start more instances, and they share the partitions.
 * Each partition is paused while enough of it waits, and resumed at half of that. A packet is committed when
 * everything that was made from it is safe.
 */
export function kafkaSource(options: KafkaSourceOptions): Source {
  const checked = readOptions('kafkaSource', schema, options);
  const { topic, groupId, registry, from } = checked;
  if (!checked.delivery && !groupId) throw new PipelineError('CONFIG_INVALID', 'kafkaSource: needs a groupId or a delivery');
  let lastContactAt = -Infinity;
  const share = groupShare(checked.sessionTimeoutMs);
  const own = checked.delivery ?? atLeastOnce({ ...connectionOf(checked), groupId: groupId! });
  return {
    name: 'kafkaSource',
    params: { topic: topic instanceof RegExp ? String(topic) : topic, wire: wireOf(checked), from },
    reaches: [...brokerReaches(checked.brokers, 'commits', registry), ...(checked.delivery?.reaches ?? [])],
    async *packets(signal) {
      const kafka = await connectOrExplain(connectionOf(checked));
      const group = { ...checked, share, onContact: () => (lastContactAt = performance.now()) };
      const end = new AbortController();
      const decode = packetDecoder(checked, AbortSignal.any([signal, end.signal]));
      try {
        yield* readConsumerGroup(kafka, own, decode, group, signal);
      } finally {
        end.abort();
      }
    },
    share: () => share.now(performance.now()),
    async ready() {
      if (performance.now() - lastContactAt >= checked.sessionTimeoutMs)
        throw new PipelineError('SOURCE_FAILED', `no member of group '${own.groupId}' at ${checked.brokers.join(', ')}`, {
          retryable: true,
        });
      if (registry) await schemaRegistry(registry).ping();
    },
    close: () => own.close(),
  };
}

const connectionOf = ({ brokers, clientId, tls, sasl, unpackedBatchBytes }: Checked): z.infer<typeof connectionSchema> => ({
  brokers,
  clientId,
  tls,
  ...(sasl && { sasl }),
  ...(unpackedBatchBytes !== undefined && { unpackedBatchBytes }),
});
