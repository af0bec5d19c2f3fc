import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import avsc from 'avsc';
import { PipelineError, messageOf } from '../../errors.ts';
import { beginsWithObject, isContainer, jsonLines } from './jsonLines.ts';

/** A row of a file of captions, with all its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows of captions, and the names of the columns for text, model and image. */
export interface CaptionTable {
  readonly rows: readonly Row[];
  readonly text: string;
  readonly model: string;
  readonly image: string;
}

export interface CaptionColumns {
  text?: string;
  model?: string;
  image?: string;
}

/** Names of columns, tried in this order; the last ones are those of Saccade's own records. */
const NAMES = { text: ['text', 'rawCaption', 'caption'], model: ['model', 'target'], image: ['image', 'frame', 'id'] } as const;

/** Reads captions from JSON lines, CSV, TSV or an Avro object container file; the format follows from the file's name. Throws INPUT_UNREADABLE. */
export async function readCaptions(path: string, columns: CaptionColumns = {}): Promise<CaptionTable> {
  const rows = await readRows(path).catch((cause: unknown) => {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError('INPUT_UNREADABLE', `${path}: cannot be read (${messageOf(cause)})`, { cause });
  });
  if (rows.length === 0) throw new PipelineError('INPUT_UNREADABLE', `${path}: no captions in it`);
  const column = (role: keyof typeof NAMES, needed: boolean): string => {
    const name = columns[role] ?? NAMES[role].find((known) => known in rows[0]!);
    if (name !== undefined && name in rows[0]!) return name;
    if (!needed) return '';
    const found = Object.keys(rows[0]!).join(', ');
    throw new PipelineError('INPUT_UNREADABLE', `${path}: no column '${name ?? role}' (found: ${found}); name it with --${role} COLUMN`);
  };
  return { rows, text: column('text', true), model: column('model', false), image: column('image', false) };
}

async function readRows(path: string): Promise<Row[]> {
  if (await isContainer(path)) return avroRows(path);
  const kind = extname(path).toLowerCase();
  if (kind === '.tsv' || kind === '.tab') return tsvRows(path, await textOf(path));
  if (kind === '.csv') return csvRows(path, await textOf(path));
  if (kind === '.jsonl' || kind === '.ndjson' || kind === '.json' || (await beginsWithObject(path))) return jsonRows(path);
  throw new PipelineError('INPUT_UNREADABLE', `${path}: not a file of captions; give .jsonl, .csv, .tsv or .avro`);
}

const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');

/** Line by line: an output may be larger than the longest string. */
async function jsonRows(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { row } of jsonLines(path)) rows.push(row);
  return rows;
}

/** No quoting: tab, line feed and backslash are written as \t, \n and \\. */
function tsvRows(path: string, text: string): Row[] {
  const table = text.split(/\r?\n/).filter((line) => line !== '');
  return asRows(
    path,
    table.map((line) => line.split('\t').map(unescaped)),
  );
}

const unescaped = (cell: string): string =>
  cell.replaceAll(/\\([tnr\\])/g, (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? '\\');

/** RFC 4180: quotes around a cell, doubled inside. */
function csvRows(path: string, text: string): Row[] {
  const table: string[][] = [];
  let row: string[] = [];
  let at = 0;
  for (const [cell, quoted, bare, end] of text.matchAll(/(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/gy)) {
    at += cell.length;
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') table.push(row);
    row = [];
  }
  if (at < text.length)
    throw new PipelineError(
      'INPUT_UNREADABLE',
      `${path} row ${table.length + 1}: a quote or line break inside a cell that is not in quotes`,
    );
  return asRows(path, table);
}

function asRows(path: string, [header, ...table]: string[][]): Row[] {
  if (!header) return [];
  return table.map((cells, i) => {
    if (cells.length !== header.length) {
      throw new PipelineError('INPUT_UNREADABLE', `${path} row ${i + 2}: ${cells.length} columns, but the header has ${header.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name, cells[column] ?? '']));
  });
}

/** Any Avro object container file, read with the schema in it. */
async function avroRows(path: string): Promise<Row[]> {
  try {
    const rows: Row[] = [];
    for await (const row of avsc.createFileDecoder(path)) rows.push(row as Row);
    return rows;
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${path}: not a whole Avro file (${messageOf(cause)})`, { cause });
  }
}
