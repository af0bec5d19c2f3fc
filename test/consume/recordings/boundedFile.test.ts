import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainedPacket, Container, RandomAccess } from '../../../src/consume/recordings/container.ts';
import { recording } from '../../../src/consume/sources/recording.ts';

const packet: ContainedPacket = {
  sensor: 'cam',
  seq: 0,
  encoding: 'evt3',
  width: 64,
  height: 48,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: new Uint8Array(0),
};

/** Reads a file of 1000 bytes by a container of somebody else. */
async function readBy(
  packets: (file: RandomAccess) => AsyncGenerator<ContainedPacket>,
  limits?: Parameters<typeof recording>[0]['limits'],
): Promise<number[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'saccade-bounds-')), 'x.mine');
  await writeFile(file, Buffer.alloc(1000, 'x'));
  const mine: Container = { name: 'mine', detect: () => true, packets };
  const source = recording({ file, containers: [mine], ...(limits && { limits }) });
  return (await Array.fromAsync(source.packets(new AbortController().signal))).map(({ bytes }) => bytes.length);
}

async function* endless(step: (file: RandomAccess) => unknown, file: RandomAccess): AsyncGenerator<ContainedPacket> {
  for (let turns = 0; turns < Infinity; turns++) await step(file);
  yield packet;
}

async function* packetsForEver(): AsyncGenerator<ContainedPacket> {
  for (;;) yield packet;
}

describe('a container of somebody else (issue 11)', () => {
  it.each([
    [
      'reads the same bytes for ever',
      (file: RandomAccess) => endless((one) => one.read(0, 24), file),
      /circle: \d+ reads of \d+ bytes in all, in a file of 1000/,
    ],
    ['reads nothing for ever, behind the end', (file: RandomAccess) => endless((one) => one.read(5000, 24), file), /circle/],
    [
      'unpacks for ever',
      (file: RandomAccess) => endless((one) => one.claim(2 ** 20), file),
      /unpacks to \d+ bytes and more, more than limits\.growth, 32/,
    ],
    [
      'unpacks one chunk that is too large',
      (file: RandomAccess) => endless((one) => one.claim(2 ** 28), file),
      /268435456 bytes, more than limits\.chunkBytes, 67108864/,
    ],
    ['gives packets for ever', packetsForEver, /gives 21001 packets of 0 bytes and more/],
    [
      'reads at a place that cannot be',
      (file: RandomAccess) => endless((one) => one.read(-8, 24), file),
      /the mine file is damaged: it points to 24 bytes at -8/,
    ],
  ])('that %s is stopped with one error', async (_, packets, message) => {
    await expect(readBy(packets)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringMatching(message) });
  });

  it('has the limits that the user gives', async () => {
    const once = async function* (file: RandomAccess): AsyncGenerator<ContainedPacket> {
      file.claim(2 ** 17);
      yield packet;
    };
    expect(await readBy(once)).toEqual([0]);
    await expect(readBy(once, { chunkBytes: 2 ** 16 })).rejects.toThrow(/131072 bytes, more than limits\.chunkBytes, 65536/);
    expect(() => recording({ file: 'x', limits: { chunkBytes: 1 } })).toThrow(/recording\.limits\.chunkBytes/);
  });

  it('is given no more than the file has, whatever it asks for', async () => {
    const greedy = async function* (file: RandomAccess): AsyncGenerator<ContainedPacket> {
      yield { ...packet, bytes: await file.read(900, 2 ** 40) };
    };
    expect(await readBy(greedy)).toEqual([100]);
  });
});
