/*
  Avro object container file (Apache Avro 1.11 specification, "Object Container Files")
    file   = header block*
    header = 'Obj' 01 | metadata map<bytes> (avro.schema, avro.codec = deflate) | sync marker (16 bytes)
    block  = count (long) | size in bytes (long) | records, deflated | sync marker
*/
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avsc from 'avsc';
import { patchVarints } from './patchVarints.ts';
import { type RecordFacts, recordKeys } from './recordKeys.ts';
import { longAt, skipRecord, stringAt } from './skipRecord.ts';

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
  /** The 16 bytes that end the header and each block. */
  readonly sync: Buffer;
  /**
   * The block that begins at `start`; `incomplete` where the bytes end before it does, `damaged` where no sync marker ends it,
   * or what it holds are not as many records as it says.
   */
  readonly blockAt: (bytes: Buffer, start: number) => ContainerBlock<Value> | 'incomplete' | 'damaged';
  /** The same with nothing of the records but their keys (recordKeys): ten times as fast. */
  readonly keysAt: (bytes: Buffer, start: number) => ContainerBlock<string> | 'incomplete' | 'damaged';
}

patchVarints();

const MAGIC = Buffer.from('Obj\x01', 'latin1');
const METADATA = avsc.Type.forSchema({ type: 'map', values: 'bytes' });
const LONG = avsc.Type.forSchema('long');
const SYNC_BYTES = 16;
/** Two varints of 10 bytes. */
const MOST_HEAD_BYTES = 20;
/** No block holds more, inflated or not. */
const MOST_BYTES = 2 ** 28;

/**
 * The sync marker is made from the schema: any 16 bytes will do, and so the same records give the same file.
 *
 * @param schema JSON text, as it is written into the file
 * @param deflateLevel 1 (fast) to 9 (small)
 */
export function containerFile<Value>(schema: string, deflateLevel?: number): ContainerFile<Value> {
  const type = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: false });
  const skip = skipRecord(schema);
  const sync = createHash('sha256').update(schema).digest().subarray(0, SYNC_BYTES);
  const metadata = METADATA.toBuffer({ 'avro.schema': Buffer.from(schema), 'avro.codec': Buffer.from('deflate') });
  return {
    type,
    header: Buffer.concat([MAGIC, metadata, sync]),
    sync,
    block(records) {
      const body = deflateRawSync(Buffer.concat(records), deflateLevel === undefined ? {} : { level: deflateLevel });
      return Buffer.concat([LONG.toBuffer(records.length), LONG.toBuffer(body.byteLength), body, sync]);
    },
    blockAt: (bytes, start) =>
      readBlock(bytes, start, sync, (body, at) => {
        const { end } = skip(body, at);
        return { value: type.decode(body, at).value as Value, end };
      }),
    keysAt(bytes, start) {
      const block = readBlock(bytes, start, sync, (body, at) => {
        const { end, fields } = skip(body, at);
        const id = stringAt(body, fields.get('id')!);
        // There are few dead letters without a window: they are decoded whole.
        if (id === '' && fields.has('position')) return { value: recordKeys(type.decode(body, at).value as RecordFacts), end };
        const endAt = fields.get('endUs');
        return { value: recordKeys({ id, ...(endAt !== undefined && { endUs: longAt(body, endAt) }) }), end };
      });
      return typeof block === 'string' ? block : { values: block.values.flat(), end: block.end };
    },
  };
}

/** Reads one record of a block. Throws where there is none. */
type ReadRecord<Value> = (body: Buffer, at: number) => { readonly value: Value; readonly end: number };

function readBlock<Value>(
  bytes: Buffer,
  start: number,
  sync: Buffer,
  read: ReadRecord<Value>,
): ContainerBlock<Value> | 'incomplete' | 'damaged' {
  const head = blockHead(bytes, start);
  if (typeof head === 'string') return head;
  const end = head.body + head.size + SYNC_BYTES;
  if (end > bytes.byteLength) return 'incomplete';
  if (!bytes.subarray(end - SYNC_BYTES, end).equals(sync)) return 'damaged';
  try {
    const body = inflateRawSync(bytes.subarray(head.body, end - SYNC_BYTES), { maxOutputLength: MOST_BYTES });
    return { values: valuesIn(body, head.count, read), end };
  } catch {
    return 'damaged';
  }
}

/** Where the body of the block that begins at `start` is, and how many records it has. */
export function blockHead(
  bytes: Buffer,
  start: number,
): { readonly count: number; readonly size: number; readonly body: number } | 'incomplete' | 'damaged' {
  const count = LONG.decode(bytes, start);
  if (count.offset < 0) return bytes.byteLength - start > MOST_HEAD_BYTES ? 'damaged' : 'incomplete';
  const size = LONG.decode(bytes, count.offset);
  if (size.offset < 0) return bytes.byteLength - start > MOST_HEAD_BYTES ? 'damaged' : 'incomplete';
  if (!(count.value > 0) || !(size.value > 0) || count.value > MOST_BYTES || size.value > MOST_BYTES) return 'damaged';
  return { count: count.value, size: size.value, body: size.offset };
}

function valuesIn<Value>(body: Buffer, count: number, read: ReadRecord<Value>): Value[] {
  const values: Value[] = [];
  let at = 0;
  while (values.length < count) {
    const { value, end } = read(body, at);
    values.push(value);
    at = end;
  }
  if (at !== body.byteLength) throw new RangeError('the block has more bytes than its records');
  return values;
}
