import { open } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../errors.ts';
import { fileLines } from './fileLines.ts';

const HEAD_BYTES = 4096;

/** The objects of a file of JSON lines, one at a time, with the number of their line. Empty lines are let be. Throws INPUT_UNREADABLE. */
export async function* jsonLines(
  path: string,
): AsyncGenerator<{ readonly row: Readonly<Record<string, unknown>>; readonly line: number }, void> {
  let line = 0;
  for await (const text of fileLines(path)) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() === '') continue;
    try {
      yield { row: JSON.parse(json) as Record<string, unknown>, line };
    } catch (cause) {
      throw new PipelineError('INPUT_UNREADABLE', `${path} line ${line}: not JSON (${messageOf(cause)})`, { cause });
    }
  }
}

/** Whether a file begins as an Avro object container file. */
export const isContainer = async (path: string): Promise<boolean> => (await headOf(path)).startsWith('Obj\x01');

/** Whether the first thing in a file is a JSON object. */
export const beginsWithObject = async (path: string): Promise<boolean> =>
  (await headOf(path)).replace('\xEF\xBB\xBF', '').trimStart().startsWith('{');

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
