import type { RandomAccess } from '../../container.ts';

const READ_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/** The lines of a file with their numbers, from 1. Throws RangeError where one is longer than `longest` bytes. */
export async function* linesOf(file: RandomAccess, longest: number): AsyncGenerator<{ text: string; number: number }> {
  let rest = Buffer.alloc(0);
  let number = 0;
  for (let offset = 0; offset < file.size; offset += READ_BYTES) {
    const bytes = Buffer.concat([rest, await file.read(offset, READ_BYTES)]);
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      number++;
      if (end - at > longest) throw tooLong(number, longest);
      yield { text: bytes.toString('utf8', at, end), number };
      at = end + 1;
    }
    rest = bytes.subarray(at);
    if (rest.length > longest) throw tooLong(number + 1, longest);
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), number: number + 1 };
}

const tooLong = (number: number, longest: number): RangeError => new RangeError(`line ${number} is longer than ${longest} bytes`);
