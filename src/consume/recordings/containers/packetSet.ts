import { open, readFile } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../../errors.ts';
import type { ContainedPacket, Container } from '../container.ts';

/*
  A set of packets in two files: NAME.jsonl has a line of JSON for each packet, in order, and NAME.bin their bytes.
    {"seq", "time_base", "encoding", "width", "height", "offset", "length", "frame"?, "sec"?, "nsec"?}
  `offset` and `length` count bytes of NAME.bin; `time_base` is in nanoseconds and may exceed 2^53.
*/

interface Line {
  readonly seq: number;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly length: number;
  readonly frame?: string;
  readonly sec?: number;
  readonly nsec?: number;
}

/** Packets that were taken out of a bag: an index of JSON lines, and the bytes beside it. Name the index. */
export const packetSet: Container = {
  name: 'packets',
  detect: (head) => {
    const [first = ''] = Buffer.from(head).toString('latin1').split('\n', 1);
    return first.startsWith('{') && ['"offset"', '"length"', '"encoding"'].every((key) => first.includes(key));
  },
  async *packets({ path }, signal) {
    const bytesPath = path.replace(/\.jsonl$/, '.bin');
    const index = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    const file = await open(bytesPath).catch((cause: unknown) => {
      throw new PipelineError('INPUT_UNREADABLE', `${path}: its packets should be in ${bytesPath}: ${messageOf(cause)}`, { cause });
    });
    try {
      for (const [row, text] of index.entries()) {
        if (signal.aborted) return;
        const line = readLine(text, `${path}, line ${row + 1}`);
        const bytes = new Uint8Array(line.length);
        const { bytesRead } = await file.read(bytes, 0, line.length, line.offset);
        if (bytesRead < line.length) {
          throw new PipelineError(
            'INPUT_UNREADABLE',
            `${path}, line ${row + 1}: ${bytesPath} ends ${line.length - bytesRead} bytes before the packet does`,
          );
        }
        yield packetOf(line, text, bytes);
      }
    } finally {
      await file.close();
    }
  },
};

function readLine(text: string, where: string): Line {
  let line: Partial<Line>;
  try {
    line = JSON.parse(text) as Partial<Line>;
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${where}: ${messageOf(cause)}`, { cause });
  }
  for (const key of ['seq', 'width', 'height', 'offset', 'length'] as const) {
    if (!Number.isSafeInteger(line[key]) || line[key]! < 0)
      throw new PipelineError('INPUT_UNREADABLE', `${where}: '${key}' should be a whole number (found ${line[key]})`);
  }
  if (typeof line.encoding !== 'string')
    throw new PipelineError('INPUT_UNREADABLE', `${where}: 'encoding' should be a word (found ${line.encoding})`);
  return line as Line;
}

const packetOf = ({ seq, encoding, width, height, frame, sec = 0, nsec = 0 }: Line, text: string, bytes: Uint8Array): ContainedPacket => ({
  sensor: frame ?? 'packets',
  seq,
  encoding,
  width,
  height,
  // From the text: as a number it would lose its last digits.
  timeBaseNs: BigInt(/"time_base"\s*:\s*(\d+)/.exec(text)?.[1] ?? 0),
  capturedAtUs: sec * 1e6 + Math.floor(nsec / 1000),
  bytes,
});
