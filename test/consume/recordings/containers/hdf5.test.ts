import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../../../src/cli/commands/inspect.ts';
import { hdf5 } from '../../../../src/consume/recordings/containers/hdf5.ts';
import { unpackEcf } from '../../../../src/consume/recordings/containers/support/unpackEcf.ts';
import { openRecording } from '../../../../src/consume/recordings/openRecording.ts';
import type { Packet } from '../../../../src/stage/packet.ts';
import { makeRandom, mutate } from '../../../fuzz/mutate.ts';
import { type Row, digestsOf } from '../../../decode/support.ts';
import { containerContract } from '../container.contract.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.hdf5`, import.meta.url));

/** What fixtures/makeHdf5.py wrote. */
const rows = Array.from({ length: 300 }, (_, i): Row => {
  const t = 5_000_000_000 + Math.floor(i / 2) * 40;
  return [t, (i * 7) % 1280, Math.floor(i / 3) % 720, Math.floor(i / 5) % 2];
});

describe('hdf5', () => {
  it.each(['plain', 'deflate', 'ecf'])('reads the events of a file that is packed: %s', async (name) => {
    const report = await inspect(fixture(name), { packetBytes: 65_536 });
    const facts = { format: 'hdf5', encoding: 'event_cd', width: 1280, height: 720, events: 300, digests: digestsOf(rows) };
    expect(report).toMatchObject({ ...facts, firstT: rows[0]?.[0], lastT: rows.at(-1)?.[0], packets: 3 });
  });

  it('survives damage anywhere: events or one clear error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'saccade-hdf5-'));
    const random = makeRandom(11);
    const path = join(folder, 'damaged.hdf5');
    const whole = readFileSync(fixture('ecf'));
    for (let i = 0; i < 300; i++) {
      writeFileSync(path, Buffer.concat([whole.subarray(0, 8), mutate(whole.subarray(8), random, whole)]));
      await inspect(path, { packetBytes: 65_536 }).catch((error: unknown) => expect(error).toMatchObject({ code: 'INPUT_UNREADABLE' }));
    }
    rmSync(folder, { recursive: true });
  });
});

it('gives a chunk that is damaged as one faulty packet, and the others whole (issue 11)', async () => {
  const whole = readFileSync(fixture('deflate'));
  const path = join(mkdtempSync(join(tmpdir(), 'saccade-hdf5-')), 'chunk.hdf5');
  const before = await packetsIn(fixture('deflate'));
  // The header of a deflated chunk: 78 9c, or the like.
  const places = [...whole.keys()].filter((at) => whole[at] === 0x78 && whole.readUInt16BE(at) % 31 === 0);
  let faulty = 0;
  for (const at of places) {
    writeFileSync(path, Buffer.from(whole).fill(0xff, at, at + 8));
    const packets = await packetsIn(path).catch(() => []);
    if (packets.every(({ fault }) => fault === undefined)) continue;
    faulty++;
    expect(packets.map(({ fault }) => fault !== undefined).filter(Boolean)).toHaveLength(1);
    for (const [i, { bytes, fault }] of packets.entries()) {
      if (fault === undefined) expect(bytes).toEqual(before[i]!.bytes);
      else expect(fault).toMatch(/chunk of CD\/events from event \d+ on is damaged: /);
    }
  }
  expect(faulty).toBe(before.length);
});

const packetsIn = async (file: string): Promise<Packet[]> => {
  const recording = await openRecording({ formats: [], containers: [hdf5] }, { file, packetBytes: 1024 });
  return Array.fromAsync(recording.packets(new AbortController().signal));
};

describe('unpackEcf', () => {
  it('takes long waits and long runs', () => {
    // 40 events: t0 = 7; a wait of 0x12 and 40 of them; y = 3 for 40; x = 9 masked in sixes; ON for 40.
    const x = (9 << 5) | 31;
    const words = [40 << 2, 0, 7, 0, 0, 0].slice(0, 1);
    const head = Buffer.from(Uint32Array.from(words).buffer);
    const times = Buffer.from([7, 0, 0, 0, 0, 0, 0, 0, 0xf2, 0xf1, 0x0f, 40, 0]);
    const y = Buffer.from(Uint16Array.of((3 << 5) | 31, 40).buffer);
    const masks = Buffer.from(Uint16Array.from({ length: 7 }, () => x).buffer);
    const out = unpackEcf(Buffer.concat([head, times, y, masks, Buffer.from([0x80 | 40])]));
    const view = new DataView(out.buffer);
    expect(out.length).toBe(640);
    expect([view.getUint16(0, true), view.getUint16(2, true), view.getInt16(4, true), view.getUint32(8, true)]).toEqual([
      9,
      3,
      1,
      0x12 + 7,
    ]);
    expect(Array.from({ length: 7 }, (_, i) => view.getUint16(i * 16, true))).toEqual([9, 10, 11, 12, 13, 14, 9]);
  });

  it('refuses damage', () => {
    expect(() => unpackEcf(new Uint8Array(3))).toThrow(RangeError);
    expect(() => unpackEcf(Buffer.from([5 << 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x0f, 9, 0]))).toThrow(/run over/);
  });
});

containerContract(hdf5, async () => fixture('ecf'));
