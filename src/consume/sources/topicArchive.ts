import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Point, between, isWithin, noRange, pointSchema } from '../replay/windowRange.ts';
import { readTopicArchive } from '../recordings/readTopicArchive.ts';
import type { ArchivedMessage } from '../recordings/topicArchiveFile.ts';
import type { Packet } from '../../stage/packet.ts';
import { type PacketMessage, packetDecoder } from '../kafka/packetDecoder.ts';
import { type PacketEncoding, packetEncodingFields, wireOf } from '../kafka/packetEncoding.ts';
import type { PastSource } from '../source.ts';

export interface TopicArchiveOptions extends PacketEncoding {
  /** Path of a file that `saccade record` wrote. */
  file: string;
  /** Only windows that begin at or behind this time (ISO 8601, the topic's clock) or offset... @default all */
  from?: Point;
  /** ... and before this one. @default all */
  to?: Point;
}

const schema = z.strictObject({
  file: z.string().min(1),
  ...packetEncodingFields,
  from: pointSchema.exactOptional(),
  to: pointSchema.exactOptional(),
});

/**
 * Packets of an archived topic, with the positions that they had there: a replay gives the same windows the same ids as
 * the live run did.
 */
export function topicArchive(options: TopicArchiveOptions): PastSource {
  const { file, from, to, ...encoding } = readOptions('topicArchive', schema, options);
  let readBytes = 0;
  const range = noRange();

  async function* packets(): AsyncGenerator<{ packet: Packet; timestampMs: number }, void> {
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
      for await (const packet of between(packets(), { from, to, range })) {
        if (signal.aborted) return;
        yield packet;
      }
    },
    total: async () => (await stat(file).catch(() => undefined))?.size,
    read: () => readBytes,
    isAskedFor: (position) => isWithin(range, position),
  };
}

const asKafka = ({ key, value, headers, offset }: ArchivedMessage): PacketMessage => ({
  key,
  value,
  headers,
  offset: String(offset),
});
