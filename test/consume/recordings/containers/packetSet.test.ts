import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packetSet } from '../../../../src/consume/recordings/containers/packetSet.ts';
import { openRecording } from '../../../../src/consume/recordings/openRecording.ts';
import type { Packet } from '../../../../src/stage/packet.ts';
import { allContainers } from '../../../../src/consume/allContainers.ts';
import { allFormats } from '../../../../src/decode/allFormats.ts';
import { containerContract } from '../container.contract.ts';

const line = (more: string, offset = 0): string =>
  `{"sec": 5, "nsec": 7000, "frame": "cam", "seq": 1, "encoding": "evt3", "width": 64, "height": 48, "offset": ${offset}, "length": 2${more}}\n`;

async function packetsOf(index: string, bytes: Uint8Array | undefined): Promise<Packet[]> {
  const path = join(await mkdtemp(join(tmpdir(), 'saccade-set-')), 'set.jsonl');
  await writeFile(path, index);
  if (bytes) await writeFile(path.replace('.jsonl', '.bin'), bytes);
  const recording = await openRecording({ formats: allFormats, containers: allContainers }, { file: path, packetBytes: 65_536 });
  const packets: Packet[] = [];
  for await (const packet of recording.packets(new AbortController().signal)) packets.push(packet);
  return packets;
}

describe('packetSet', () => {
  it('reads each packet from its place, with a time base beyond 2^53 to the last digit', async () => {
    const index = line(', "time_base": 1702306974272224018', 2) + line(', "time_base": 0');
    const packets = await packetsOf(index, Uint8Array.of(1, 2, 3, 4));
    expect(packets.map(({ bytes }) => [...bytes])).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect(packets[0]).toMatchObject({
      sensor: 'cam',
      encoding: 'evt3',
      width: 64,
      height: 48,
      timeBaseNs: 1702306974272224018n,
      capturedAtUs: 5_000_007,
    });
  });

  it.each([
    ['the bytes are not there', line(''), undefined, /should be in .*set\.bin/],
    ['the bytes end too early', line('', 3), Uint8Array.of(1, 2, 3, 4), /line 1: .*set\.bin ends 1 bytes before/],
    ['a line is no JSON', `${line('')}{"seq": \n`, Uint8Array.of(1, 2), /line 2/],
    ['a line has no place', line('').replace('"offset": 0', '"offset": -1'), Uint8Array.of(1, 2), /line 1: 'offset'.*found -1/],
  ])('says what is wrong where %s', async (_what, index, bytes, message) => {
    await expect(packetsOf(index, bytes)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringMatching(message) });
  });
});

containerContract(packetSet, async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'saccade-set-')), 'contract.jsonl');
  const lines = [0, 1, 2].map((i) => line(', "time_base": 0', 2 * i).replace('"seq": 1', `"seq": ${i}`));
  await writeFile(path, lines.join(''));
  await writeFile(path.replace('.jsonl', '.bin'), Uint8Array.of(1, 2, 3, 4, 5, 6));
  return path;
});
