import { z } from 'zod';
import { wireFormats } from '../../avro/wireFormat.ts';
import { type RegistryOptions, registrySchema } from '../../kafka/client/schemaRegistry.ts';

/** How packets are encoded in the messages of a topic: the options of every source that reads messages. */
export interface PacketEncoding {
  /** An Avro wire format, or the bytes of the sensor with headers. @default 'confluent' where there is a registry, else 'single-object' */
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  /** For wire 'confluent'. */
  registry?: RegistryOptions;
  /** Values of raw packets that lack the header of that name. */
  raw?: { encoding?: string; width?: number; height?: number };
}

/** The fields of `PacketEncoding` in the schema of a source's options. */
export const packetEncodingFields = {
  wire: z.enum([...wireFormats, 'raw']).optional(),
  registry: registrySchema.optional(),
  raw: z
    .strictObject({ encoding: z.string().exactOptional(), width: z.int().exactOptional(), height: z.int().exactOptional() })
    .default({}),
};

const fields = z.object(packetEncodingFields);
export type CheckedPacketEncoding = z.infer<typeof fields>;

export const wireOf = ({ wire, registry }: CheckedPacketEncoding): NonNullable<PacketEncoding['wire']> =>
  wire ?? (registry ? 'confluent' : 'single-object');
