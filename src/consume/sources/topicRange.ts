import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { wires } from '../../avro/wireFormat.ts';
import { boundsOf, offsetsOf } from '../../kafka/consumer/offsetBounds.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/connection.ts';
import { type Range, messagesOf, rangesOf } from '../../kafka/consumer/readRange.ts';
import { reach } from '../../kafka/client/connectOrExplain.ts';
import { type RegistryOptions, registryClient, registrySchema } from '../../kafka/client/schemaRegistry.ts';
import { readOptions } from '../../readOptions.ts';
import { type Point, between, isWithin, noRange, pointSchema } from '../replay/windowRange.ts';
import type { Packet } from '../../stage/packet.ts';
import { packetReader } from '../kafka/packetDecoder.ts';
import type { PastSource } from '../source.ts';

export interface TopicRangeOptions extends KafkaConnection {
  /** The topic. */
  topic: string;
  /** Only windows that begin at or behind this time (ISO 8601, the topic's clock) or offset... @default all */
  from?: Point;
  /** ... and before this one. @default what the topic holds when the run begins */
  to?: Point;
  /**
   * How many offsets before `from` are read, for the sensor's clock and the borders of the windows. Fewer than all: windows
   * may have other borders and ids than they had live. @default all
   */
  warmUp?: number;
  /** Only these partitions. @default all */
  partitions?: readonly number[];
  /** How packets are encoded. @default 'confluent' where there is a registry, else 'single-object' */
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  /** For wire 'confluent'. */
  registry?: RegistryOptions;
  /** Raw packets without a header of that name have these. */
  raw?: { encoding?: string; width?: number; height?: number };
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  from: pointSchema.exactOptional(),
  to: pointSchema.exactOptional(),
  warmUp: z.int().min(0).default(Number.MAX_SAFE_INTEGER),
  partitions: z.array(z.int().min(0)).exactOptional(),
  wire: z.enum([...wires, 'raw']).exactOptional(),
  registry: registrySchema.exactOptional(),
  raw: z
    .strictObject({ encoding: z.string().exactOptional(), width: z.int().exactOptional(), height: z.int().exactOptional() })
    .default({}),
});

/** What of a topic is read, and in which part of that the windows begin. */
interface Extent {
  readonly read: readonly Range[];
  readonly wanted: readonly Range[];
}

/**
 * Packets that a topic holds, from its past to its present, without a consumer group: nothing is committed. Windows have
 * the ids that they had live.
 */
export function topicRange(options: TopicRangeOptions): PastSource {
  const { topic, from, to, warmUp, partitions, wire: given, registry, raw, ...connection } = readOptions('topicRange', schema, options);
  const wire = given ?? (registry ? 'confluent' : 'single-object');
  let extent: Promise<Extent> | undefined;
  let read = 0;
  const asked = noRange();

  const find = async (): Promise<Extent> => {
    const admin = (await reach(connection, { mustAnswer: true })).admin();
    await admin.connect();
    try {
      if (!(await admin.listTopics()).includes(topic))
        throw new PipelineError('CONFIG_INVALID', `topicRange.topic: the broker has no topic '${topic}'`);
      const all = (await rangesOf(admin, topic)).filter(({ partition }) => partitions?.includes(partition) ?? true);
      const wanted = boundsOf(all, await offsetsOf(admin, topic, from), await offsetsOf(admin, topic, to));
      return { wanted, read: all.map((range, i) => ({ ...range, first: Math.max(range.first, wanted[i]!.first - warmUp) })) };
    } finally {
      await admin.disconnect();
    }
  };

  async function* packets(
    ranges: readonly Range[],
    unread: Set<number>,
    signal: AbortSignal,
  ): AsyncGenerator<{ packet: Packet; timestampMs: number }, void> {
    const fieldsOf = packetReader(wire, registry && registryClient(registry), { encoding: '', width: 0, height: 0, ...raw });
    const ended = (partition: number): void => void unread.delete(partition);
    for await (const { message, partition } of messagesOf(await reach(connection), topic, ranges, { signal, ended })) {
      const offset = Number(message.offset);
      const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
      read++;
      yield { packet: { ...(await fieldsOf(message)), position, ack: () => {} }, timestampMs: Number(message.timestamp) };
    }
  }

  return {
    name: 'topicRange',
    params: { topic, wire, from: from ?? null, to: to ?? null },
    async *packets(signal) {
      const { read: ranges, wanted } = await (extent ??= find());
      // Partitions of which nothing is wanted have nothing to tell either.
      const some = ranges.filter((_, i) => wanted[i]!.first < wanted[i]!.end);
      const unread = new Set(some.map(({ partition }) => partition));
      const points = (pick: (range: Range) => number): Point => Object.fromEntries(wanted.map((range) => [range.partition, pick(range)]));
      yield* between(packets(some, unread, signal), {
        from: points(({ first }) => first),
        to: points(({ end }) => end),
        unread,
        range: asked,
      });
    },
    async total() {
      const { read: ranges, wanted } = await (extent ??= find());
      return ranges.reduce((sum, { first }, i) => sum + Math.max(0, wanted[i]!.end - first), 0);
    },
    read: () => read,
    isAskedFor: (position) => isWithin(asked, position),
  };
}
