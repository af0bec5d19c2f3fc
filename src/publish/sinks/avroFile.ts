import { z } from 'zod';
import { containerFile } from '../../avro/containerFile.ts';
import { misfit } from '../../avro/misfit.ts';
import { type SchemaName, compactSchema } from '../../avro/schemaText.ts';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import { type Framing, appendFile } from '../appendFile.ts';
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
  const file = appendFile<Value>(path, recordFraming(schema, path));
  return { name: 'avroFile', params: { path, schema }, ...file };
}

/** The framing of a container file of records. A torn or damaged end is cut off when the file is opened again. */
function recordFraming<Value extends object>(name: SchemaName, path: string): Framing<Value> {
  const container = containerFile<{ readonly id?: string }>(compactSchema(name));
  const { type, header } = container;
  return {
    header: () => header,
    encode(value) {
      if (!type.isValid(value)) throw misfit(name, type, value);
      return type.toBuffer(value);
    },
    block: (records) => container.block(records),
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
      for (let found = container.blockAt(file, bytes); typeof found !== 'string'; found = container.blockAt(file, bytes)) {
        for (const { id } of found.values) if (id) ids.push(id);
        bytes = found.end;
      }
      return { bytes, ids };
    },
  };
}
