import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allContainers } from '../../../src/consume/allContainers.ts';
import type { Container } from '../../../src/consume/recordings/container.ts';
import { openRecording } from '../../../src/consume/recordings/openRecording.ts';
import type { Packet } from '../../../src/stage/packet.ts';

const HEAD_BYTES = 65_536;

/** What every container keeps to. `make` returns the path of a file of it, with two packets at least. */
export function containerContract(container: Container, make: () => Promise<string>): void {
  const read = async (file: string, signal = new AbortController().signal): Promise<Packet[]> => {
    const recording = await openRecording({ formats: [], containers: [container] }, { file, packetBytes: 1024, format: container.name });
    return Array.fromAsync(recording.packets(signal));
  };

  describe(`${container.name}, as every container`, () => {
    it('is recognised by its first bytes, and by no other container', async () => {
      const head = (await readFile(await make())).subarray(0, HEAD_BYTES);
      expect(allContainers.filter((one) => one.detect(head)).map(({ name }) => name)).toEqual([container.name]);
      expect(container.detect(new Uint8Array(0))).toBe(false);
      expect(container.detect(new Uint8Array(HEAD_BYTES))).toBe(false);
    });

    it('gives packets with a sensor, an encoding, bytes of their own, and ascending numbers for each sensor', async () => {
      const packets = await read(await make());
      expect(packets.length).toBeGreaterThan(1);
      for (const some of Map.groupBy(packets, ({ sensor }) => sensor).values()) {
        expect(some[0]!.sensor).not.toBe('');
        for (const [i, { seq, encoding, bytes }] of some.entries()) {
          expect(seq).toBeGreaterThan(some[i - 1]?.seq ?? -1);
          expect(encoding).not.toBe('');
          expect(bytes.byteLength).toBeGreaterThan(0);
        }
      }
      const before = packets.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
      packets[0]!.bytes.fill(0xff);
      expect(packets.slice(1).map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(before.slice(1));
    });

    it('gives no packet when the signal has aborted', async () => {
      expect(await read(await make(), AbortSignal.abort())).toEqual([]);
    });

    it('gives packets, or one INPUT_UNREADABLE, where the file is cut off', async () => {
      const path = await make();
      const whole = await readFile(path);
      const cut = join(await mkdtemp(join(tmpdir(), 'saccade-cut-')), basename(path));
      for (const share of [0.05, 0.3, 0.6, 0.95]) {
        await writeFile(cut, whole.subarray(0, Math.ceil(share * whole.length)));
        const outcome = await read(cut).catch((error: unknown) => error);
        if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining(cut) });
      }
    });
  });
}
