import { basename, join } from 'node:path';
import { z } from 'zod';
import { containerFile } from '../../avro/containerFile.ts';
import { blockFraming } from '../../avro/blockFraming.ts';
import { misfit } from '../../avro/misfit.ts';
import { type SchemaName, compactSchema } from '../../avro/schemaText.ts';
import { readOptions } from '../../readOptions.ts';
import { appendFile } from '../appendFile.ts';
import type { RecordFraming } from '../recordFraming.ts';
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
  const file = appendFile<Value>(path, containerFraming(schema));
  const into = (folder: string): Sink<Value> => avroFile({ ...options, path: join(folder, basename(path)) });
  return { name: 'avroFile', params: { path, schema }, files: [path], ...file, into };
}

/** The framing of a container file of records. */
export function containerFraming<Value extends object>(name: SchemaName): RecordFraming<Value> {
  const container = containerFile<Value>(compactSchema(name));
  return {
    ...blockFraming(container, name, container.keysAt),
    encode(value) {
      if (!container.type.isValid(value)) throw misfit(name, container.type, value);
      return container.type.toBuffer(value);
    },
    block: (records) => container.block(records),
    recordsAt(bytes, start) {
      const block = container.blockAt(bytes, start);
      return typeof block === 'string' ? [] : block.values;
    },
  };
}
