import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { atLeastOnce } from '../../kafka/delivery/atLeastOnce.ts';
import { wires } from '../../avro/wireFormat.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/connection.ts';
import type { Delivery } from '../../kafka/delivery/makeDelivery.ts';
import { reach } from '../../kafka/client/connectOrExplain.ts';
import { type RegistryOptions, registryClient, registrySchema } from '../../kafka/client/schemaRegistry.ts';
import { readOptions } from '../../readOptions.ts';
import { groupShare } from '../kafka/groupShare.ts';
import { packetReader } from '../kafka/packetDecoder.ts';
import { readAsGroup } from '../kafka/consumerGroup.ts';
import type { Source } from '../source.ts';

export interface KafkaSourceOptions extends KafkaConnection {
  /** A topic, several, or those whose names a pattern matches when the run starts. */
  topic: string | readonly string[] | RegExp;
  /** What ties the commits to the outputs; shared with the sinks. @default at least once, of `groupId` */
  delivery?: Delivery;
  /** The consumer group, where there is no `delivery`. */
  groupId?: string;
  /** Where a group begins that has committed nothing yet. A time is ISO 8601. @default 'earliest' */
  from?: 'earliest' | 'latest' | { readonly time: string } | { readonly offset: number };
  /** What to do when the topic has thrown away packets that were not captioned yet. @default 'stop' */
  ifTruncated?: 'stop' | 'skip';
  /** How packets are encoded. @default 'confluent' where there is a registry, else 'single-object' */
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  /** For wire 'confluent'. */
  registry?: RegistryOptions;
  /** Raw packets without a header of that name have these. */
  raw?: { encoding?: string; width?: number; height?: number };
  /** Bytes of packets that wait in each partition; above it is paused, below half of it goes on. @default 8 MiB */
  bufferBytes?: number;
  /** How long the broker waits for new packets before it answers, and so how long a partition takes to go on, in milliseconds. @default 100 */
  maxWaitMs?: number;
  /** After this long without a sign of life an instance is taken for dead, in milliseconds. @default 30000 */
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
  wire: z.enum([...wires, 'raw']).optional(),
  registry: registrySchema.optional(),
  raw: z
    .strictObject({ encoding: z.string().exactOptional(), width: z.int().exactOptional(), height: z.int().exactOptional() })
    .default({}),
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
 * Each partition is paused when enough of it waits, and goes on when half of that is gone. A packet is committed when
 * everything that was made from it is safe.
 */
export function kafkaSource(options: KafkaSourceOptions): Source {
  const checked = readOptions('kafkaSource', schema, options);
  const { topic, groupId, registry, from } = checked;
  const wire = checked.wire ?? (registry ? 'confluent' : 'single-object');
  if (!checked.delivery && !groupId) throw new PipelineError('CONFIG_INVALID', 'kafkaSource: needs a groupId or a delivery');
  let heardAt = -Infinity;
  const share = groupShare(checked.sessionTimeoutMs);
  const own = checked.delivery ?? atLeastOnce({ ...connectionOf(checked), groupId: groupId! });
  return {
    name: 'kafkaSource',
    params: { topic: topic instanceof RegExp ? String(topic) : topic, wire, from },
    async *packets(signal) {
      const read = packetReader(wire, registry && registryClient(registry), { encoding: '', width: 0, height: 0, ...checked.raw });
      const group = { ...checked, share, onSign: () => (heardAt = performance.now()) };
      yield* readAsGroup(await reach(connectionOf(checked)), own, read, group, signal);
    },
    share: () => share.now(performance.now()),
    async ready() {
      if (performance.now() - heardAt >= checked.sessionTimeoutMs)
        throw new PipelineError('SOURCE_FAILED', `no member of group '${own.groupId}' at ${checked.brokers.join(', ')}`, {
          retryable: true,
        });
      if (registry) await registryClient(registry).ping();
    },
    close: () => own.close(),
  };
}

const connectionOf = ({ brokers, clientId, tls, sasl }: Checked): z.infer<typeof connectionSchema> => ({
  brokers,
  clientId,
  tls,
  ...(sasl && { sasl }),
});
