import { open } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../../errors.ts';
import type { ContainedPacket, Container, RandomAccess } from '../container.ts';
import { linesOf } from './support/linesOf.ts';

/*
  A set of packets in two files: NAME.jsonl has a line of JSON for each packet, in order, and NAME.bin their bytes.
    {"seq", "time_base", "encoding", "width", "height", "offset", "length", "frame"?, "sec"?, "nsec"?}
  `offset` and `length` count bytes of NAME.bin; `time_base` is in nanoseconds and may exceed 2^53.
*/

/** Real ones have some hundred characters. */
const LONGEST_LINE = 65_536;

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
  async *packets(index, signal) {
    const { path } = index;
    const bytesPath = path.replace(/\.jsonl$/, '.bin');
    const file = await open(bytesPath).catch((cause: unknown) => {
      throw new PipelineError('INPUT_UNREADABLE', `${path}: its packets should be in ${bytesPath}: ${messageOf(cause)}`, { cause });
    });
    try {
      const { size } = await file.stat();
      for await (const { text, number } of linesOf(index, LONGEST_LINE)) {
        if (signal.aborted) return;
        if (text.trim() === '') continue;
        const where = `${path}, line ${number}`;
        const line = readLine(text, where);
        checkPlace(line, where, bytesPath, size, index.limits);
        const bytes = new Uint8Array(line.length);
        await file.read(bytes, 0, line.length, line.offset);
        yield packetOf(line, text, bytes);
      }
    } finally {
      await file.close();
    }
  },
};

/** Before room is made for the packet: its length is only what the index says. */
function checkPlace(
  { offset, length }: Line,
  where: string,
  bytesPath: string,
  size: number,
  { chunkBytes }: RandomAccess['limits'],
): void {
  if (length > chunkBytes)
    throw new PipelineError('INPUT_UNREADABLE', `${where}: a packet of ${length} bytes, more than limits.chunkBytes, ${chunkBytes}`);
  const missing = length - Math.max(0, Math.min(length, size - offset));
  if (missing > 0) throw new PipelineError('INPUT_UNREADABLE', `${where}: ${bytesPath} ends ${missing} bytes before the packet does`);
}

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
