import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type TopicPoint, topicPointSchema } from '../../kafka/consumer/topicPoint.ts';
import { PacketRange } from '../replay/packetRange.ts';
import { type TimedPacket, windowRange } from '../replay/windowRange.ts';
import { readTopicArchive } from '../recordings/readTopicArchive.ts';
import type { ArchivedMessage } from '../recordings/topicArchiveFile.ts';
import { type PacketMessage, packetDecoder } from '../kafka/packetDecoder.ts';
import { type PacketEncoding, packetEncodingFields, wireOf } from '../kafka/packetEncoding.ts';
import type { PastSource } from '../source.ts';

export interface TopicArchiveOptions extends PacketEncoding {
  /** Path of a file that `saccade record` wrote. */
  file: string;
  /** Only windows that begin at or after this time (ISO 8601, the topic's clock) or offset... @default all */
  from?: TopicPoint;
  /** ... and before this one. @default all */
  to?: TopicPoint;
}

const schema = z.strictObject({
  file: z.string().min(1),
  ...packetEncodingFields,
  from: topicPointSchema.exactOptional(),
  to: topicPointSchema.exactOptional(),
});

/**
 * Packets of an archived topic, with the positions that they had there: a replay gives the same windows the same ids as
 * the live run did.
 */
export function topicArchive(options: TopicArchiveOptions): PastSource {
  const { file, from, to, ...encoding } = readOptions('topicArchive', schema, options);
  let readBytes = 0;
  let range = new PacketRange(from, to);

  async function* packets(): AsyncGenerator<TimedPacket, void> {
    const decode = packetDecoder(encoding);
    for await (const message of readTopicArchive(file, (bytes) => (readBytes = bytes))) {
      const { topic, partition, offset, timestampMs } = message;
      const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
      yield { packet: { ...(await decode(asKafka(message))), position, ack: () => {} }, timestampMs };
    }
  }

  return {
    name: 'topicArchive',
    params: { file, wire: wireOf(encoding), from: from ?? null, to: to ?? null },
    async *packets(signal) {
      range = new PacketRange(from, to);
      for await (const packet of windowRange(packets(), range)) {
        if (signal.aborted) return;
        yield packet;
      }
    },
    total: async () => (await stat(file).catch(() => undefined))?.size,
    read: () => readBytes,
    isAskedFor: (position) => range.holds(position),
  };
}

const asKafka = ({ key, value, headers, offset }: ArchivedMessage): PacketMessage => ({
  key,
  value,
  headers,
  offset: String(offset),
});
