import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import { offsetsAt, rangesBetween, topicRanges, type OffsetRange } from '../../kafka/consumer/offsetRange.ts';
import { messagesIn } from '../../kafka/consumer/readRanges.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { readOptions } from '../../readOptions.ts';
import { type Point, between, isWithin, noRange, pointSchema } from '../replay/windowRange.ts';
import type { Packet } from '../../stage/packet.ts';
import { packetDecoder } from '../kafka/packetDecoder.ts';
import { type PacketEncoding, packetEncodingFields, wireOf } from '../kafka/packetEncoding.ts';
import type { PastSource } from '../source.ts';

export interface TopicRangeOptions extends KafkaConnection, PacketEncoding {
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
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  from: pointSchema.exactOptional(),
  to: pointSchema.exactOptional(),
  warmUp: z.int().min(0).default(Number.MAX_SAFE_INTEGER),
  partitions: z.array(z.int().min(0)).exactOptional(),
  ...packetEncodingFields,
});

/** What of a topic is read, and in which part of that the windows begin. */
interface Extent {
  readonly read: readonly OffsetRange[];
  readonly wanted: readonly OffsetRange[];
}

/**
 * Packets that a topic holds, from its past to its present, without a consumer group: nothing is committed. Windows have
 * the ids that they had live.
 */
export function topicRange(options: TopicRangeOptions): PastSource {
  const { topic, from, to, warmUp, partitions, wire, registry, raw, ...connection } = readOptions('topicRange', schema, options);
  const encoding = { wire, registry, raw };
  let extent: Promise<Extent> | undefined;
  let read = 0;
  const asked = noRange();

  const find = async (): Promise<Extent> => {
    const admin = (await connectOrExplain(connection, { mustAnswer: true })).admin();
    await admin.connect();
    try {
      if (!(await admin.listTopics()).includes(topic))
        throw new PipelineError('CONFIG_INVALID', `topicRange.topic: the broker has no topic '${topic}'`);
      const all = (await topicRanges(admin, topic)).filter(({ partition }) => partitions?.includes(partition) ?? true);
      const wanted = rangesBetween(all, await offsetsAt(admin, topic, from), await offsetsAt(admin, topic, to));
      return { wanted, read: all.map((range, i) => ({ ...range, first: Math.max(range.first, wanted[i]!.first - warmUp) })) };
    } finally {
      await admin.disconnect();
    }
  };

  async function* packets(
    ranges: readonly OffsetRange[],
    unread: Set<number>,
    signal: AbortSignal,
  ): AsyncGenerator<{ packet: Packet; timestampMs: number }, void> {
    const decode = packetDecoder(encoding);
    const onEnded = (partition: number): void => void unread.delete(partition);
    for await (const { message, partition } of messagesIn(await connectOrExplain(connection), topic, ranges, { signal, onEnded })) {
      const offset = Number(message.offset);
      const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
      read++;
      yield { packet: { ...(await decode(message)), position, ack: () => {} }, timestampMs: Number(message.timestamp) };
    }
  }

  return {
    name: 'topicRange',
    params: { topic, wire: wireOf(encoding), from: from ?? null, to: to ?? null },
    async *packets(signal) {
      const { read: ranges, wanted } = await (extent ??= find());
      // Partitions of which nothing is wanted have nothing to tell either.
      const some = ranges.filter((_, i) => wanted[i]!.first < wanted[i]!.end);
      const unread = new Set(some.map(({ partition }) => partition));
      const points = (pick: (range: OffsetRange) => number): Point =>
        Object.fromEntries(wanted.map((range) => [range.partition, pick(range)]));
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
