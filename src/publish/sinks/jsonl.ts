import { basename, join } from 'node:path';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { appendFile } from '../appendFile.ts';
import { lineFraming } from '../lineFraming.ts';
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
  const into = (folder: string): Sink<Value> => jsonl({ path: join(folder, basename(path)) });
  return { name: 'jsonl', params: { path }, files: [path], ...file, into };
}
