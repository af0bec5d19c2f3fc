import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { wires } from '../../kafka/avroWire.ts';
import { type RegistryOptions, registryClient, registrySchema } from '../../kafka/registry.ts';
import { readOptions } from '../../options.ts';
import { pacedBy } from '../pacedBy.ts';
import { type ArchivedMessage, readArchive } from '../messageArchive.ts';
import { packetReader } from '../packetWire.ts';
import type { Source } from '../source.ts';

export interface TopicArchiveOptions {
  /** Path of a file that `saccade record` wrote. */
  file: string;
  /** How packets are encoded. @default 'confluent' where there is a registry, else 'single-object' */
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  /** For wire 'confluent'. */
  registry?: RegistryOptions;
  /** Raw packets without a header of that name have these. */
  raw?: { encoding?: string; width?: number; height?: number };
  /** Only messages from this time on, and before that one: ISO 8601, by the clock of the topic. */
  from?: string;
  to?: string;
  /** Times the pace at which the messages came; Infinity: as fast as it goes. @default Infinity */
  speed?: number;
}

const time = z.iso.datetime({ offset: true }).exactOptional();
const schema = z.strictObject({
  file: z.string().min(1),
  wire: z.enum([...wires, 'raw']).exactOptional(),
  registry: registrySchema.exactOptional(),
  raw: z
    .strictObject({ encoding: z.string().exactOptional(), width: z.int().exactOptional(), height: z.int().exactOptional() })
    .default({}),
  from: time,
  to: time,
  speed: z.union([z.number().positive(), z.literal(Infinity)]).default(Infinity),
});

/**
 * Packets of an archived topic, with the positions that they had there: a replay gives the same windows the same ids as
 * the live run did.
 */
export function topicArchive(options: TopicArchiveOptions): Source {
  const { file, wire: asked, registry, raw, from, to, speed } = readOptions('topicArchive', schema, options);
  const wire = asked ?? (registry ? 'confluent' : 'single-object');
  const [fromMs, toMs] = [from ? Date.parse(from) : -Infinity, to ? Date.parse(to) : Infinity];
  return {
    name: 'topicArchive',
    params: { file, wire, from: from ?? null, to: to ?? null },
    async *packets(signal) {
      const read = packetReader(wire, registry && registryClient(registry), { encoding: '', width: 0, height: 0, ...raw });
      const pace = pacedBy(speed, signal);
      for await (const message of readArchive(file)) {
        if (signal.aborted) return;
        if (message.timestampMs < fromMs || message.timestampMs >= toMs) continue;
        await pace(message.timestampMs);
        const { topic, partition, offset } = message;
        const position = { source: topic, unit: 'offset', partition, first: offset, end: offset + 1 } as const;
        yield { ...(await read(asKafka(message))), position, ack: () => {} };
      }
    },
    total: async () => (await stat(file).catch(() => undefined))?.size,
  };
}

const asKafka = ({ key, value, headers, offset }: ArchivedMessage): Parameters<ReturnType<typeof packetReader>>[0] => ({
  key,
  value,
  headers,
  offset: String(offset),
});
