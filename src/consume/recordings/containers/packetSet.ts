import { type FileHandle, open } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../../errors.ts';
import { shown } from '../../../stage/shown.ts';
import { MOST, seqOf, wholeNumber } from '../../wholeNumber.ts';
import type { ContainedPacket, Container } from '../container.ts';
import { faultyPacket } from './support/faultyPacket.ts';
import { linesOf } from './support/linesOf.ts';

/*
  A set of packets in two files: NAME.jsonl has a line of JSON for each packet, in order, and NAME.bin their bytes.
    {"seq", "time_base", "encoding", "width", "height", "offset", "length", "frame"?, "sec"?, "nsec"?}
  `offset` and `length` count bytes of NAME.bin; `time_base` is in nanoseconds and may exceed 2^53.
*/

/** Real ones have some hundred characters. */
const LONGEST_LINE = 65_536;

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
        if (text.trim() !== '')
          yield await packetAt(text, `line ${number}`, { path: bytesPath, file, size, most: index.limits.chunkBytes });
      }
    } finally {
      await file.close();
    }
  },
};

interface BytesFile {
  readonly path: string;
  readonly file: FileHandle;
  readonly size: number;
  /** Bytes of the largest packet there may be. */
  readonly most: number;
}

/** The packet of a line. One that the line does not tell has a fault, and the line as its bytes. */
async function packetAt(text: string, where: string, { path, file, size, most }: BytesFile): Promise<ContainedPacket> {
  try {
    const line = JSON.parse(text, exactTimeBase) as Record<string, unknown> | null;
    const number = (name: string, up: bigint, otherwise?: number): bigint => wholeNumber(`'${name}'`, line?.[name] ?? otherwise, up);
    const [offset, length] = [Number(number('offset', MOST_PLACE)), Number(number('length', MOST_PLACE))];
    // Before room is made for the packet: its length is only what the index says.
    if (length > most) throw malformed(`a packet of ${length} bytes, more than limits.chunkBytes, ${most}`);
    if (offset + length > size) throw malformed(`${path} ends ${offset + length - size} bytes before the packet does`);
    const packet = {
      sensor: word('frame', line?.['frame'] ?? 'packets'),
      seq: seqOf(number('seq', MOST.seq)),
      encoding: word('encoding', line?.['encoding']),
      width: Number(number('width', MOST.side)),
      height: Number(number('height', MOST.side)),
      timeBaseNs: number('time_base', MOST.timeBaseNs, 0),
      capturedAtUs: Number(number('sec', MOST_SECONDS, 0)) * 1e6 + Math.floor(Number(number('nsec', MOST_SECONDS, 0)) / 1000),
    };
    const bytes = new Uint8Array(length);
    await file.read(bytes, 0, length, offset);
    return { ...packet, bytes };
  } catch (cause) {
    return faultyPacket('packets', Buffer.from(text), `${where}: ${messageOf(cause)}`);
  }
}

/** Places in a file, and seconds as ROS counts them. */
const MOST_PLACE = 2n ** 52n;
const MOST_SECONDS = 2n ** 32n - 1n;

/** As a number it would lose its last digits. */
const exactTimeBase = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  key === 'time_base' && typeof value === 'number' ? context?.source : value;

function word(name: string, found: unknown): string {
  if (typeof found === 'string' && found !== '') return found;
  throw malformed(`'${name}' should be a word (found ${shown(found)})`);
}

const malformed = (what: string): PipelineError => new PipelineError('DECODE_MALFORMED', what);
