import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { wires } from '../../avro/wireFormat.ts';
import { type RegistryOptions, registryClient, registrySchema } from '../../kafka/client/schemaRegistry.ts';
import { readOptions } from '../../readOptions.ts';
import { type Point, between, isWithin, noRange, pointSchema } from '../replay/windowRange.ts';
import { type ArchivedMessage, readArchive } from '../recordings/topicArchiveFile.ts';
import type { Packet } from '../../stage/packet.ts';
import { packetReader } from '../kafka/packetDecoder.ts';
import type { PastSource } from '../source.ts';

export interface TopicArchiveOptions {
  /** Path of a file that `saccade record` wrote. */
  file: string;
  /** How packets are encoded. @default 'confluent' where there is a registry, else 'single-object' */
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  /** For wire 'confluent'. */
  registry?: RegistryOptions;
  /** Raw packets without a header of that name have these. */
  raw?: { encoding?: string; width?: number; height?: number };
  /** Only windows that begin at or behind this time (ISO 8601, the topic's clock) or offset... @default all */
  from?: Point;
  /** ... and before this one. @default all */
  to?: Point;
}

const schema = z.strictObject({
  file: z.string().min(1),
  wire: z.enum([...wires, 'raw']).exactOptional(),
  registry: registrySchema.exactOptional(),
  raw: z
    .strictObject({ encoding: z.string().exactOptional(), width: z.int().exactOptional(), height: z.int().exactOptional() })
    .default({}),
  from: pointSchema.exactOptional(),
  to: pointSchema.exactOptional(),
});

/**
 * Packets of an archived topic, with the positions that they had there: a replay gives the same windows the same ids as
 * the live run did.
 */
export function topicArchive(options: TopicArchiveOptions): PastSource {
  const { file, wire: asked, registry, raw, from, to } = readOptions('topicArchive', schema, options);
  const wire = asked ?? (registry ? 'confluent' : 'single-object');
  let readBytes = 0;
  const range = noRange();

  async function* packets(): AsyncGenerator<{ packet: Packet; timestampMs: number }, void> {
    const read = packetReader(wire, registry && registryClient(registry), { encoding: '', width: 0, height: 0, ...raw });
    for await (const message of readArchive(file, (bytes) => (readBytes = bytes))) {
      const { topic, partition, offset, timestampMs } = message;
      const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
      yield { packet: { ...(await read(asKafka(message))), position, ack: () => {} }, timestampMs };
    }
  }

  return {
    name: 'topicArchive',
    params: { file, wire, from: from ?? null, to: to ?? null },
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

const asKafka = ({ key, value, headers, offset }: ArchivedMessage): Parameters<ReturnType<typeof packetReader>>[0] => ({
  key,
  value,
  headers,
  offset: String(offset),
});
