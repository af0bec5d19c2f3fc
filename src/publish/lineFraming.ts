import { type RecordFacts, recordKeys } from '../avro/recordKeys.ts';
import { type SchemaName, schemaText } from '../avro/schemaText.ts';
import { hasUnwrittenPages } from '../files/hasUnwrittenPages.ts';
import { isJsonBegun } from './isJsonBegun.ts';
import type { RecordFraming } from './recordFraming.ts';

const NEWLINE = 0x0a;
/** Zeros as pages have them that were never written; a line of ours has none. */
const HOLE = Buffer.alloc(8);
/** A larger file of zeros was made by somebody. */
const MOST_ZEROS = 1 << 20;

/** How a file of JSON lines grows; a line is a record. */
export const lineFraming = <Value extends object>(): RecordFraming<Value> => ({
  name: 'lines',
  header: () => new Uint8Array(0),
  encode: (value) => Buffer.from(`${JSON.stringify(value, bytesAsBase64)}\n`),
  block: (records) => Buffer.concat(records),
  recordsAt: (bytes, start) => recordIn<Value>(bytes.subarray(start, bytes.indexOf(NEWLINE, start))),
  begins: (head, size) => (isOurs(firstLine(head), size) ? 'ours' : { foreign: 'its first line is no record of captions or dead letters' }),
  unitAt(bytes, start) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return 'incomplete';
    const keys = keysIn(bytes.subarray(start, end));
    return keys ? { unit: keys, end: end + 1 } : { damage: 'a line is no record' };
  },
  missing: (rest) => (!rest.includes(NEWLINE) && keysIn(rest) !== undefined ? Buffer.of(NEWLINE) : undefined),
  lastEnd(tail) {
    const hole = tail.indexOf(HOLE);
    return tail.lastIndexOf(NEWLINE, hole < 0 ? tail.byteLength : hole) + 1 || -1;
  },
  isTorn(rest, at, isUnsynced) {
    if (!hasUnwrittenPages(rest, at)) return !rest.includes(NEWLINE) && isJsonBegun(rest);
    if (isUnsynced) return true;
    // Whole lines behind a page that was not written may have been safe.
    return !rest
      .subarray(rest.indexOf(HOLE))
      .toString('latin1')
      .split('\n')
      .some((line) => keysIn(Buffer.from(line, 'latin1')) !== undefined);
  },
});

/** The keys (recordKeys) of a line; undefined where it is no record. Empty lines are let be. */
function keysIn(line: Buffer): string[] | undefined {
  if (isBlank(line)) return [];
  try {
    const record = JSON.parse(line.toString('utf8')) as (RecordFacts & { readonly id?: unknown }) | null;
    if (typeof record?.id === 'string') return recordKeys(record);
    return typeof record?.stage === 'string' && typeof record.code === 'string' ? recordKeys({ ...record, id: '' }) : undefined;
  } catch {
    return undefined;
  }
}

function recordIn<Value>(line: Buffer): Value[] {
  try {
    return [JSON.parse(line.toString('utf8')) as Value];
  } catch {
    return [];
  }
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);

/** The first line that is not empty, up to what was read of it. */
function firstLine(head: Buffer): Buffer {
  let start = 0;
  for (let end = head.indexOf(NEWLINE); end >= 0 && isBlank(head.subarray(start, end)); end = head.indexOf(NEWLINE, start)) start = end + 1;
  const end = head.indexOf(NEWLINE, start);
  return head.subarray(start, end < 0 ? head.byteLength : end);
}

/** Whether a file that begins with this line is one of ours, whole or damaged. */
function isOurs(line: Buffer, size: number): boolean {
  if (isBlank(line) || (size <= MOST_ZEROS && line.every((byte) => byte === 0))) return true;
  const ours = new Set(['caption', 'dead-letter'].flatMap((name) => fieldsOf(name as SchemaName)));
  try {
    const keys = Object.keys(JSON.parse(line.toString('utf8')) as object);
    return keysIn(line) !== undefined && keys.filter((key) => ours.has(key)).length * 2 >= keys.length;
  } catch {
    const [, key] = /^\{"(\w*)/.exec(line.toString('latin1', 0, 64)) ?? [];
    return key !== undefined && [...ours].some((name) => (line.byteLength < 64 ? name.startsWith(key) : name === key));
  }
}

const fieldsOf = (schema: SchemaName): string[] =>
  (JSON.parse(schemaText(schema)) as { fields: { name: string }[] }).fields.map(({ name }) => name);

const bytesAsBase64 = (key: string, value: unknown): unknown =>
  key === 'payload' ? Buffer.from((value as { data: number[] }).data).toString('base64') : value;
