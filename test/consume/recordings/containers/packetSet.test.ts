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

  it('says so where the bytes are not there', async () => {
    const message = expect.stringMatching(/should be in .*set\.bin/);
    await expect(packetsOf(line(''), undefined)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message });
  });

  const whole = line('');
  it.each([
    ['the bytes end too early', line('', 3), /set\.bin ends 1 bytes before/],
    [
      'the bytes would be more than memory',
      whole.replace('"length": 2', '"length": 4000000000000'),
      /a packet of 4000000000000 bytes, more than limits\.chunkBytes/,
    ],
    ['it is no JSON', '{"seq": \n', /line 2: .*JSON/],
    ['it is JSON of another kind', 'null\n', /'offset' should be a whole number .*found undefined/],
    ['it has no place', whole.replace('"offset": 0', '"offset": -1'), /'offset' should be .*found -1/],
    ['its length is none', whole.replace('"length": 2', '"length": 1e400'), /'length' should be .*found Infinity/],
    ['its number is none', whole.replace('"seq": 1', '"seq": 0.5'), /'seq' should be .*found 0\.5/],
    ['its width is none', whole.replace('"width": 64', '"width": "wide"'), /'width' should be .*found 'wide'/],
    ['its time base is none', line(', "time_base": 1.5'), /'time_base' should be .*found '1\.5'/],
    ['its time base is a list', line(', "time_base": [1]'), /'time_base' should be .*found a list/],
    ['its time base has too many digits', line(`, "time_base": 1${'0'.repeat(5000)}`), /found '10{59}…' of 5,001 characters/],
    ['its wall clock is none', whole.replace('"sec": 5', '"sec": -5'), /'sec' should be .*found -5/],
    ['its frame is none', whole.replace('"cam"', '{}'), /'frame' should be a word \(found an object\)/],
    ['its encoding is none', whole.replace('"evt3"', 'null'), /'encoding' should be a word \(found null\)/],
  ])('gives the line as a faulty packet where %s, and goes on (issue 11)', async (_what, odd, fault) => {
    const packets = await packetsOf(`${whole}${odd}${line(', "time_base": "7"', 2)}`, Uint8Array.of(1, 2, 3, 4));
    expect(packets.map((packet) => packet.fault)).toEqual([undefined, expect.stringMatching(fault), undefined]);
    expect(packets[1]!.fault).toMatch(/^line 2: /);
    expect(Buffer.from(packets[1]!.bytes).toString()).toBe(odd.replace(/\n$/, ''));
    expect(packets[2]).toMatchObject({ bytes: Uint8Array.of(3, 4), timeBaseNs: 7n });
  });

  it('reads the last of several time bases, as every reader of JSON does', async () => {
    const [packet] = await packetsOf(line(', "time_base": 1, "time_base": 1702306974272224018'), Uint8Array.of(1, 2));
    expect(packet?.timeBaseNs).toBe(1_702_306_974_272_224_018n);
  });
});

containerContract(packetSet, async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'saccade-set-')), 'contract.jsonl');
  const lines = [0, 1, 2].map((i) => line(', "time_base": 0', 2 * i).replace('"seq": 1', `"seq": ${i}`));
  await writeFile(path, lines.join(''));
  await writeFile(path.replace('.jsonl', '.bin'), Uint8Array.of(1, 2, 3, 4, 5, 6));
  return path;
});
