import { readFileSync } from 'node:fs';
import type { Packet } from '../../src/stage/packet.ts';
import { recordings } from './support.ts';

/** The packets of a recording as they would come from a topic. */
export function packetsOf(name: string): Packet[] {
  const bytes = readFileSync(`${recordings}${name}.bin`);
  const lines = readFileSync(`${recordings}${name}.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line): Packet => {
    const {
      offset = 0,
      length = 0,
      seq = 0,
      width = 0,
      height = 0,
      encoding,
    } = JSON.parse(line) as { encoding: string } & Partial<Record<string, number>>;
    // Beyond 2^53: not to be had from JSON.parse.
    const timeBaseNs = BigInt(/"time_base": (\d+)/.exec(line)?.[1] ?? 0);
    const position = { source: name, unit: 'packet', partition: 0, first: seq, end: seq + 1 } as const;
    const about = { sensor: 'camera', position, ack() {}, seq, encoding, width, height, timeBaseNs, capturedAtUs: 0 };
    return { ...about, bytes: bytes.subarray(offset, offset + length) };
  });
}
