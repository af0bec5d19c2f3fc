import { open } from 'node:fs/promises';
import avsc from 'avsc';
import { PipelineError, messageOf } from '../../errors.ts';
import { checkedLetter } from './checkedLetter.ts';
import type { DeadLetter } from '../../stage/reject.ts';
import { isContainer, jsonLines } from './jsonLines.ts';

const HEAD_BYTES = 4096;

/** Whether a file holds dead letters: an Avro file of their schema, or JSON lines of them. */
export async function isDeadLetterFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    return head.startsWith('Obj\x01') ? head.includes('"name":"DeadLetter"') : /^\{[^\n]*"rejectedAtUs":/.test(head);
  } finally {
    await file.close();
  }
}

/** The dead letters of an Avro file or of JSON lines. Throws INPUT_UNREADABLE. */
export async function deadLettersInFile(path: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  try {
    if (await isContainer(path)) {
      for await (const letter of avsc.createFileDecoder(path)) letters.push(checkedLetter(letter));
      return letters;
    }
    for await (const { row, line } of jsonLines(path)) letters.push(letterIn(row, line));
    return letters;
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${path}: not a whole file of dead letters (${messageOf(cause)})`, { cause });
  }
}

function letterIn(row: unknown, line: number): DeadLetter {
  try {
    return checkedLetter(row);
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `line ${line}: ${messageOf(cause)}`, { cause });
  }
}
