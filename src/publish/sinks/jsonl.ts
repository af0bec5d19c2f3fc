import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Framing, appendFile } from '../appendFile.ts';
import type { Sink } from '../sink.ts';

export interface JsonlOptions {
  /** The file; its folder is made when it is not there. A file from an earlier run is continued. */
  path: string;
}

const schema = z.strictObject({ path: z.string().min(1, 'must be the path of a file') });

/** Writes each record as a line of JSON. Bytes (the payload of a dead letter) are base64. */
export function jsonl<Value extends object>(options: JsonlOptions): Sink<Value> {
  const { path } = readOptions('jsonl', schema, options);
  const file = appendFile<Value>(path, lineFraming());
  return { name: 'jsonl', params: { path }, ...file };
}

const lineFraming = <Value extends object>(): Framing<Value> => ({
  header: () => new Uint8Array(0),
  encode: (value) => Buffer.from(`${JSON.stringify(value, bytesAsBase64)}\n`),
  block: (records) => Buffer.concat(records),
  recover(file) {
    const bytes = file.lastIndexOf(0x0a) + 1;
    const ids: string[] = [];
    for (const line of file.toString('utf8', 0, bytes).split('\n')) {
      const { id } = line ? (JSON.parse(line) as { id?: string }) : {};
      if (id) ids.push(id);
    }
    return { bytes, ids };
  },
});

const bytesAsBase64 = (key: string, value: unknown): unknown =>
  key === 'payload' ? Buffer.from((value as { data: number[] }).data).toString('base64') : value;
