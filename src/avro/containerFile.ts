/*
  Avro object container file (Apache Avro 1.11 specification, "Object Container Files")
    file   = header block*
    header = 'Obj' 01 | metadata map<bytes> (avro.schema, avro.codec = deflate) | sync marker (16 bytes)
    block  = count (long) | size in bytes (long) | records, deflated | sync marker
*/
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avsc from 'avsc';

/** A group of records. */
export interface ContainerBlock<Value> {
  readonly values: readonly Value[];
  /** Where the block after it begins. */
  readonly end: number;
}

/** Writes and reads the parts of a container file of one schema. */
export interface ContainerFile<Value> {
  readonly type: avsc.Type;
  /** The bytes at the start of the file. */
  readonly header: Buffer;
  /** The bytes of one block of encoded records. */
  block(records: readonly Uint8Array[]): Buffer;
  /** The block that begins at `start`; `incomplete` where the bytes end before it does, `damaged` where no sync marker ends it. */
  blockAt(bytes: Buffer, start: number): ContainerBlock<Value> | 'incomplete' | 'damaged';
}

const MAGIC = Buffer.from('Obj\x01', 'latin1');
const METADATA = avsc.Type.forSchema({ type: 'map', values: 'bytes' });
const LONG = avsc.Type.forSchema('long');
const SYNC_BYTES = 16;

/**
 * The sync marker is made from the schema: any 16 bytes will do, and so the same records give the same file.
 *
 * @param schema JSON text, as it is written into the file
 * @param deflateLevel 1 (fast) to 9 (small)
 */
export function containerFile<Value>(schema: string, deflateLevel?: number): ContainerFile<Value> {
  const type = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: false });
  const sync = createHash('sha256').update(schema).digest().subarray(0, SYNC_BYTES);
  const metadata = METADATA.toBuffer({ 'avro.schema': Buffer.from(schema), 'avro.codec': Buffer.from('deflate') });
  return {
    type,
    header: Buffer.concat([MAGIC, metadata, sync]),
    block(records) {
      const body = deflateRawSync(Buffer.concat(records), deflateLevel === undefined ? {} : { level: deflateLevel });
      return Buffer.concat([LONG.toBuffer(records.length), LONG.toBuffer(body.byteLength), body, sync]);
    },
    blockAt(bytes, start) {
      const count = LONG.decode(bytes, start);
      if (count.offset < 0) return 'incomplete';
      const size = LONG.decode(bytes, count.offset);
      if (size.offset < 0) return 'incomplete';
      if (size.value < 0) return 'damaged';
      const end = size.offset + size.value + SYNC_BYTES;
      if (end > bytes.byteLength) return 'incomplete';
      if (!bytes.subarray(end - SYNC_BYTES, end).equals(sync)) return 'damaged';
      const body = inflateRawSync(bytes.subarray(size.offset, end - SYNC_BYTES));
      return { values: valuesIn<Value>(type, body, count.value), end };
    },
  };
}

function valuesIn<Value>(type: avsc.Type, body: Buffer, count: number): Value[] {
  const values: Value[] = [];
  for (let offset = 0; values.length < count;) {
    const decoded = type.decode(body, offset);
    values.push(decoded.value as Value);
    offset = decoded.offset;
  }
  return values;
}
