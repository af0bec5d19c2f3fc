/*
  Avro in Kafka messages
    confluent     = 00 | schema id (int32, big-endian) | Avro body
    single-object = C3 01 | CRC-64-AVRO of the schema's parsing canonical form (8 bytes, little-endian) | Avro body
    plain         = Avro body; reader and writer must have the same schema
  Apache Avro 1.11 specification, "Single-object encoding"; Confluent Schema Registry, "Wire format".
*/
import avsc from 'avsc';
import { PipelineError, messageOf } from '../errors.ts';
import { exactLong } from './exactLong.ts';
import { misfit } from './misfit.ts';
import { patchVarints } from './patchVarints.ts';
import { type SchemaName, compactSchema } from './schemaText.ts';
import type { SchemaRegistry } from '../kafka/client/schemaRegistry.ts';

export const wireFormats = ['confluent', 'single-object', 'plain'] as const;
export type WireFormat = (typeof wireFormats)[number];

/** How the subject of a schema is named: by topic, by record, or by both. */
export const subjectNamings = ['topic', 'record', 'topic-record'] as const;
export type SubjectNaming = (typeof subjectNamings)[number];

patchVarints();

const typeOf = (text: string): avsc.Type => avsc.Type.forSchema(JSON.parse(text), { wrapUnions: false });

/** The same with longs that are exact beyond 2^53. */
const exactTypeOf = (text: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(text), { wrapUnions: false, registry: { long: exactLong } });

export interface WireOptions {
  /**
   * Longs are exact beyond 2^53: read as bigints, and written of bigints or numbers. It takes twice as long; else a record with such a
   * number is refused. @default false
   */
  readonly exact?: boolean;
}

export interface Encoder {
  /** Throws UNEXPECTED when the value does not fit the schema. */
  readonly encode: (value: object) => Buffer;
  /** Full name of the record. */
  readonly record: string;
}

/** Encodes values of one schema; `prefix` comes before each body. */
export function encoder(name: SchemaName, prefix: Buffer, { exact = false }: WireOptions = {}): Encoder {
  const type = (exact ? exactTypeOf : typeOf)(compactSchema(name));
  return {
    record: type.name ?? name,
    encode(value) {
      if (!type.isValid(value)) throw misfit(name, type, value);
      return prefix.length > 0 ? Buffer.concat([prefix, type.toBuffer(value)]) : type.toBuffer(value);
    },
  };
}

/** The bytes that a single object begins with. */
export const singleObjectPrefix = (name: SchemaName): Buffer => singleObjectPrefixOf(typeOf(compactSchema(name)));

function singleObjectPrefixOf(type: avsc.Type): Buffer {
  const prefix = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  prefix.writeBigUInt64LE(crc64Avro(Buffer.from(JSON.stringify(type.schema()))), 2);
  return prefix;
}

/**
 * Registers a schema, and returns the bytes that each message begins with. Every version that was ever registered must be
 * readable by the new one, whatever compatibility the registry is set to: a replay reads old records. Throws CONFIG_INVALID.
 */
export async function registeredPrefix(registry: SchemaRegistry, name: SchemaName, naming: SubjectNaming, topic: string): Promise<Buffer> {
  const text = compactSchema(name);
  const type = typeOf(text);
  const subject = { topic: `${topic}-value`, record: type.name ?? name, 'topic-record': `${topic}-${type.name}` }[naming];
  const versions = await registry.versions(subject);
  versions.forEach((older, index) => {
    const why = whyUnreadable(type, older);
    if (why) {
      throw new PipelineError(
        'CONFIG_INVALID',
        `schemas/${name}.avsc cannot read version ${index + 1} of subject '${subject}' (${why}); use another topic, or a schema with defaults for new fields`,
      );
    }
  });
  if (versions.length === 0) await registry.setCompatibility(subject, 'BACKWARD_TRANSITIVE');
  const prefix = Buffer.alloc(5);
  prefix.writeInt32BE(await registry.register(subject, text), 1);
  return prefix;
}

/** Records match by their names without namespace, as the Avro specification says: a producer may have its own. */
const resolverOf = (type: avsc.Type, written: string): avsc.Resolver => type.createResolver(typeOf(written), { ignoreNamespaces: true });

/** Why records written with `older` cannot be read as `type`; undefined where they can. */
export function whyUnreadable(type: avsc.Type, older: string): string | undefined {
  try {
    resolverOf(type, older);
    return undefined;
  } catch (cause) {
    return messageOf(cause);
  }
}

/** Reads what an `encoder` wrote, also with an older schema. Rejects with INPUT_UNREADABLE. */
export function decoder<Value>(
  name: SchemaName,
  wire: WireFormat,
  registry: Pick<SchemaRegistry, 'byId'> | undefined,
  { exact = false }: WireOptions = {},
): (bytes: Buffer) => Value | Promise<Value> {
  const type = (exact ? exactTypeOf : typeOf)(compactSchema(name));
  const read = (bytes: Buffer, from: number, resolver?: avsc.Resolver): Value => {
    try {
      return type.fromBuffer(bytes.subarray(from), resolver);
    } catch (cause) {
      throw new PipelineError('INPUT_UNREADABLE', `${bytes.byteLength} bytes are no ${type.name}: ${messageOf(cause)}`, { cause });
    }
  };
  if (wire === 'plain') return (bytes) => read(bytes, 0);
  if (wire === 'single-object') {
    const prefix = singleObjectPrefix(name);
    return (bytes) => {
      if (bytes.subarray(0, 10).equals(prefix)) return read(bytes, 10);
      throw new PipelineError(
        'INPUT_UNREADABLE',
        `message begins with ${hex(bytes, 10)}; a ${type.name} as a single object begins with ${hex(prefix, 10)}`,
      );
    };
  }
  const resolvers = new Map<number, avsc.Resolver>();
  return (bytes) => {
    if (bytes[0] !== 0 || bytes.length < 5) {
      throw new PipelineError(
        'INPUT_UNREADABLE',
        `message begins with ${hex(bytes, 5)}; Confluent's wire format begins with 00 and four bytes of schema id`,
      );
    }
    const id = bytes.readInt32BE(1);
    const known = resolvers.get(id);
    if (known) return read(bytes, 5, known);
    if (!registry) throw new PipelineError('CONFIG_INVALID', "wire 'confluent' needs the address of a schema registry");
    return registry.byId(id).then((text) => {
      const why = whyUnreadable(type, text);
      if (why) throw new PipelineError('INPUT_UNREADABLE', `schema ${id} cannot be read as ${type.name}: ${why}`);
      const resolver = resolverOf(type, text);
      resolvers.set(id, resolver);
      return read(bytes, 5, resolver);
    });
  };
}

const hex = (bytes: Buffer, length: number): string =>
  bytes
    .subarray(0, length)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ') || 'nothing';

const EMPTY = 0xc15d213aa4d7a795n;

/** CRC-64-AVRO (Rabin fingerprint) as the Avro specification defines it; bit by bit, since it is needed once for each schema. */
export function crc64Avro(bytes: Uint8Array): bigint {
  let crc = EMPTY;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? EMPTY : 0n);
  }
  return crc;
}
