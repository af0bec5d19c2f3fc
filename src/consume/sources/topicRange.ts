import { z } from 'zod';
import { brokerReaches } from '../../stage/reach.ts';
import { PipelineError } from '../../errors.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { hasTopic } from '../../kafka/client/ensureTopic.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import { type OffsetRange, rangesBetween, topicRanges } from '../../kafka/consumer/offsetRange.ts';
import { messagesIn } from '../../kafka/consumer/readRanges.ts';
import { type TopicPoint, topicPointSchema } from '../../kafka/consumer/topicPoint.ts';
import { readOptions } from '../../readOptions.ts';
import { PacketRange } from '../replay/packetRange.ts';
import { type TimedPacket, windowRange } from '../replay/windowRange.ts';
import { packetDecoder } from '../kafka/packetDecoder.ts';
import { type PacketEncoding, packetEncodingFields, wireOf } from '../kafka/packetEncoding.ts';
import type { PastSource } from '../source.ts';

export interface TopicRangeOptions extends KafkaConnection, PacketEncoding {
  /** The topic. */
  topic: string;
  /** Only windows that begin at or after this time (ISO 8601, the topic's clock) or offset... @default all */
  from?: TopicPoint;
  /** ... and before this one. @default what the topic holds when the run begins */
  to?: TopicPoint;
  /**
   * How many offsets before `from` are read, for the sensor's clock and the borders of the windows. Fewer than all: windows
   * may have other borders and ids than they had live. @default all
   */
  warmUp?: number;
  /** Only these partitions. @default all */
  partitions?: readonly number[];
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  from: topicPointSchema.exactOptional(),
  to: topicPointSchema.exactOptional(),
  warmUp: z.int().min(0).default(Number.MAX_SAFE_INTEGER),
  partitions: z.array(z.int().min(0)).exactOptional(),
  ...packetEncodingFields,
});

/** The ranges of a topic that are read, and the parts of them in which the windows begin; the same partitions in both. */
interface Extent {
  readonly read: readonly OffsetRange[];
  readonly wanted: readonly OffsetRange[];
}

/**
 * Packets that a topic holds, from its past to its present, without a consumer group: nothing is committed. Windows have
 * the ids that they had live.
 */
export function topicRange(options: TopicRangeOptions): PastSource {
  const { from, to, wire, registry, raw, ...where } = readOptions('topicRange', schema, options);
  const { topic, warmUp, partitions, ...connection } = where;
  const encoding = { wire, registry, raw };
  let extent: Promise<Extent> | undefined;
  let range = new PacketRange();
  let read = 0;

  const findExtent = async (): Promise<Extent> => {
    const kafka = await connectOrExplain(connection, { mustAnswer: true });
    return withAdmin(kafka, async (admin) => {
      if (!(await hasTopic(admin, topic)))
        throw new PipelineError('CONFIG_INVALID', `topicRange.topic: the broker has no topic '${topic}'`);
      const all = (await topicRanges(admin, topic)).filter(({ partition }) => partitions?.includes(partition) ?? true);
      const wanted = await rangesBetween(admin, topic, all, { from, to });
      return { wanted, read: all.map((one, i) => ({ ...one, first: Math.max(one.first, wanted[i]!.first - warmUp) })) };
    });
  };

  async function* packetsOf(ranges: readonly OffsetRange[], unread: Set<number>, signal: AbortSignal): AsyncGenerator<TimedPacket, void> {
    const decode = packetDecoder(encoding);
    const onEnded = (partition: number): void => void unread.delete(partition);
    for await (const { message, partition } of messagesIn(
      await connectOrExplain(connection),
      topic,
      ranges,
      { onEnded, unreadable: 'keep' },
      signal,
    )) {
      const offset = Number(message.offset);
      const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
      read++;
      yield { packet: { ...(await decode(message)), position, ack: () => {} }, timestampMs: Number(message.timestamp) };
    }
  }

  return {
    name: 'topicRange',
    params: { topic, wire: wireOf(encoding), from: from ?? null, to: to ?? null },
    reaches: brokerReaches(connection.brokers, 'nothing: it reads', encoding.registry),
    async *packets(signal) {
      const { read: ranges, wanted } = await (extent ??= findExtent());
      // Partitions of which nothing is wanted are not needed for the others either.
      const needed = ranges.filter((_, i) => wanted[i]!.first < wanted[i]!.end);
      const unread = new Set(needed.map(({ partition }) => partition));
      const pointAt = (pick: (one: OffsetRange) => number): TopicPoint =>
        Object.fromEntries(wanted.map((one) => [one.partition, pick(one)]));
      range = new PacketRange(
        pointAt(({ first }) => first),
        pointAt(({ end }) => end),
      );
      yield* windowRange(packetsOf(needed, unread, signal), range, unread);
    },
    async total() {
      const { read: ranges, wanted } = await (extent ??= findExtent());
      return ranges.reduce((sum, { first }, i) => sum + Math.max(0, wanted[i]!.end - first), 0);
    },
    read: () => read,
    isAskedFor: (position) => range.holds(position),
  };
}
