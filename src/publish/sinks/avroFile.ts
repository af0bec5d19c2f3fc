/*
  Avro object container file (Apache Avro 1.11 specification, "Object Container Files")
    file   = header block*
    header = 'Obj' 01 | metadata map<bytes> (avro.schema, avro.codec) | sync marker (16 bytes)
    block  = count (long) | size in bytes (long) | records, deflated | sync marker
*/
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avsc from 'avsc';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import { type Framing, appendFile } from '../appendFile.ts';
import { type SchemaName, schemaText } from '../../avro/schemaText.ts';
import type { Sink } from '../sink.ts';

export interface AvroFileOptions {
  /** The file; its folder is made when it is not there. A file from an earlier run is continued. */
  path: string;
  /** Which of the project's schemas the records have. @default 'caption' */
  schema?: 'caption' | 'dead-letter';
}

const optionsSchema = z.strictObject({
  path: z.string().min(1, 'must be the path of a file'),
  schema: z.enum(['caption', 'dead-letter'], "must be 'caption' or 'dead-letter'").default('caption'),
});

/** Writes records into one Avro object container file that any Avro reader opens; safe after each block. */
export function avroFile<Value extends object>(options: AvroFileOptions): Sink<Value> {
  const { path, schema } = readOptions('avroFile', optionsSchema, options);
  const file = appendFile<Value>(path, containerFraming(schema, path));
  return { name: 'avroFile', params: { path, schema }, ...file };
}

const HEADER = avsc.Type.forSchema({
  type: 'record',
  name: 'Header',
  fields: [
    { name: 'magic', type: { type: 'fixed', name: 'Magic', size: 4 } },
    { name: 'meta', type: { type: 'map', values: 'bytes' } },
    { name: 'sync', type: { type: 'fixed', name: 'Sync', size: 16 } },
  ],
});
const LONG = avsc.Type.forSchema('long');
const MAGIC = Buffer.from('Obj\x01', 'latin1');

/** The framing of a container file. One sync marker a schema: any 16 bytes do, and the same input gives the same file. */
export function containerFraming<Value extends object>(name: SchemaName, path: string): Framing<Value> {
  const text = JSON.stringify(JSON.parse(schemaText(name)));
  const type = avsc.Type.forSchema(JSON.parse(text), { wrapUnions: false });
  const sync = createHash('sha256').update(text).digest().subarray(0, 16);
  const header = HEADER.toBuffer({ magic: MAGIC, meta: { 'avro.schema': Buffer.from(text), 'avro.codec': Buffer.from('deflate') }, sync });

  return {
    header: () => header,
    encode(value) {
      if (!type.isValid(value)) throw misfit(name, type, value);
      return type.toBuffer(value);
    },
    block(records) {
      const body = deflateRawSync(Buffer.concat(records));
      return Buffer.concat([LONG.toBuffer(records.length), LONG.toBuffer(body.byteLength), body, sync]);
    },
    recover(file) {
      if (file.byteLength === 0) return { bytes: 0, ids: [] };
      if (!file.subarray(0, header.byteLength).equals(header)) {
        throw new PipelineError(
          'CONFIG_INVALID',
          `${path} is there already and was not written with this version's schema '${name}'; move it away or name another file`,
        );
      }
      const ids: string[] = [];
      let bytes = header.byteLength;
      for (let block = readBlock(file, bytes, sync); block; block = readBlock(file, bytes, sync)) {
        let offset = 0;
        for (let record = 0; record < block.count; record++) {
          const decoded = type.decode(block.body, offset);
          offset = decoded.offset;
          if (decoded.value.id) ids.push(decoded.value.id);
        }
        bytes = block.end;
      }
      return { bytes, ids };
    },
  };
}

/** The block at `start`, or undefined at the end of the valid part of the file. */
function readBlock(file: Buffer, start: number, sync: Uint8Array): { count: number; body: Buffer; end: number } | undefined {
  const count = LONG.decode(file, start);
  if (count.offset < 0) return undefined;
  const size = LONG.decode(file, count.offset);
  const end = size.offset + size.value + sync.byteLength;
  if (size.offset < 0 || size.value < 0 || end > file.byteLength) return undefined;
  if (!file.subarray(end - sync.byteLength, end).equals(sync)) return undefined;
  return { count: count.value, body: inflateRawSync(file.subarray(size.offset, end - sync.byteLength)), end };
}

function misfit(name: string, type: avsc.Type, value: object): PipelineError {
  const wrong: string[] = [];
  type.isValid(value, { errorHook: (path, found) => wrong.push(`${path.join('.')} = ${JSON.stringify(found)}`) });
  return new PipelineError('UNEXPECTED', `a record does not fit schemas/${name}.avsc: ${wrong.join(', ')}`);
}
