import { createReadStream } from 'node:fs';
import { PipelineError } from '../../errors.ts';

/** The longest line that is read: no record is that long. */
const LONGEST_BYTES = 64 * 2 ** 20;
const LINE_END = 0x0a;

/**
 * The lines of a file, one after another. A line ends with a newline and nothing else: JSON may hold U+2028, at
 * which Node's own reader ends a line too. Throws INPUT_UNREADABLE for a line that never ends.
 */
export async function* fileLines(path: string): AsyncGenerator<string, void> {
  let begun: Buffer[] = [];
  let length = 0;
  const text = (last: Buffer): string => {
    const line = Buffer.concat([...begun, last]).toString('utf8');
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      yield text(chunk.subarray(from, end));
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LONGEST_BYTES)
      throw new PipelineError('INPUT_UNREADABLE', `${path}: a line is longer than ${LONGEST_BYTES} bytes; this is no file of records`);
  }
  const last = text(Buffer.alloc(0));
  if (last !== '') yield last;
}
