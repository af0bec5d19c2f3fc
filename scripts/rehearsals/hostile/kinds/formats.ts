import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { u16, u32, u64 } from '../files/numbers.ts';
import { type HostileCase, saccadeCommand } from '../hostileCase.ts';

const MAGIC = '#!AER-DAT4.0\r\n';
const i32 = (value: number): Buffer => u32(value >>> 0);

/** The header of an AEDAT 4 file (FlatBuffers) with this XML. */
function aedat4Header(xml: string): Buffer {
  const vtable = Buffer.concat([u16(10), u16(20), u16(16), u16(8), u16(4), u16(0)]);
  // The table: distance to the vtable, distance to the XML, position of the data table, compression.
  const table = Buffer.concat([i32(vtable.length), u32(16), u64(2n ** 64n - 1n), u32(0)]);
  const flat = Buffer.concat([u32(8 + vtable.length), Buffer.from('IOHE'), vtable, table, u32(xml.length), Buffer.from(xml)]);
  return Buffer.concat([Buffer.from(MAGIC), u32(flat.length), flat]);
}

const packet = (content: Buffer): Buffer => Buffer.concat([u32(0), u32(content.length), content]);

const file = (name: string, content: () => Buffer | string, exitCode: number, message: RegExp): HostileCase => ({
  name,
  async prepare(folder) {
    const path = join(folder, 'hostile.bin');
    await writeFile(path, content());
    return saccadeCommand('inspect', path, '--width', '346', '--height', '260');
  },
  exitCode,
  message,
});

/** Bytes of one sensor that cost much. */
export const cases: readonly HostileCase[] = [
  file('AEDAT4: 4 MB of tags that are left open', () => aedat4Header('<node '.repeat(690_000)), 0, /events\s+0/),
  file(
    'AEDAT4: 100,000 nodes in each other',
    () => aedat4Header('<node name="aaaa"><attr key="b">c</attr>'.repeat(100_000)),
    0,
    /events\s+0/,
  ),
  file(
    'AEDAT4: a name of 1 MB over 50,000 values',
    () => aedat4Header(`<node name="${'a'.repeat(1e6)}">${'<attr key="b">c</attr>'.repeat(50_000)}`),
    0,
    /events\s+0/,
  ),
  file(
    'AEDAT4: 2,000 packets of Zstandard, each 32 MiB',
    () => {
      const bomb = packet(zstdCompressSync(Buffer.alloc(2 ** 25)));
      return Buffer.concat([aedat4Header('<node name="0">'), ...Array.from({ length: 2000 }, () => bomb)]);
    },
    0,
    /events\s+0/,
  ),
  file('text: one line of 300 MB', () => `0.1 1 1 1\n${'1'.repeat(3e8)}`, 0, /events\s+1/),
  file('text: a header that never ends', () => '% x\n'.repeat(1e7), 2, /no recording/),
  file('RAW: a header that never ends', () => `% evt 3.0\n${'% x\n'.repeat(1e7)}`, 0, /events\s+0/),
  file('AEDAT3: a header that never ends', () => `#!AER-DAT3.1\r\n${'# x\r\n'.repeat(1e7)}`, 0, /events\s+0/),
];
