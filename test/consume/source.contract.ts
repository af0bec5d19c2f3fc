import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/consume/source.ts';
import type { Packet } from '../../src/stage/packet.ts';

export interface SourceUnderTest {
  readonly source: Source;
  /** Packets that it has at least; absent: it ends by itself, and gives the same packets when it is read again. */
  readonly atLeast?: number;
}

/** What every source keeps to. `make` returns one more source of the same packets, two of them at least. */
export function sourceContract(name: string, make: () => Promise<SourceUnderTest>): void {
  const read = async ({ source, atLeast = Infinity }: SourceUnderTest): Promise<Packet[]> => {
    const end = new AbortController();
    const packets: Packet[] = [];
    for await (const packet of source.packets(end.signal)) {
      packets.push(packet);
      if (packets.length === atLeast) break;
    }
    end.abort();
    await source.close?.();
    return packets;
  };

  describe(`${name}, as every source`, () => {
    it('has a name, and parameters that are JSON', async () => {
      const { source } = await make();
      expect(source.name).toMatch(/^\w+$/);
      expect(JSON.parse(JSON.stringify(source.params ?? {}))).toEqual(source.params ?? {});
      await source.close?.();
    });

    it('gives packets with a sensor, an encoding, bytes, and an ack that may be called twice', async () => {
      const packets = await read(await make());
      expect(packets.length).toBeGreaterThan(1);
      for (const { sensor, encoding, bytes, ack } of packets) {
        expect([sensor, encoding]).not.toContain('');
        expect(bytes.byteLength).toBeGreaterThan(0);
        ack();
        ack();
      }
    });

    it('gives the packets of each partition in order, and those of each sensor with ascending numbers', async () => {
      const packets = await read(await make());
      for (const some of Map.groupBy(packets, ({ position }) => `${position.source} ${position.partition}`).values()) {
        expect(new Set(some.map(({ position }) => position.unit)).size).toBe(1);
        for (const [i, { position }] of some.entries()) {
          expect(position.first).toBeLessThan(position.end);
          expect(position.first).toBeGreaterThanOrEqual(some[i - 1]?.position.end ?? 0);
        }
      }
      for (const some of Map.groupBy(packets, ({ sensor }) => sensor).values())
        for (const [i, { seq }] of some.entries()) expect(seq).toBeGreaterThan(some[i - 1]?.seq ?? -1);
    });

    it('gives each packet bytes of its own', async () => {
      const { source, atLeast = Infinity } = await make();
      const before = await read(await make());
      const end = new AbortController();
      const seen: string[] = [];
      for await (const { bytes } of source.packets(end.signal)) {
        seen.push(Buffer.from(bytes).toString('hex'));
        bytes.fill(0xff);
        if (seen.length === atLeast) break;
      }
      end.abort();
      await source.close?.();
      expect(seen.toSorted()).toEqual(before.map(({ bytes }) => Buffer.from(bytes).toString('hex')).toSorted());
    });

    it('ends when the signal aborts, between two packets and before the first', async () => {
      const { source } = await make();
      const end = new AbortController();
      const packets: Packet[] = [];
      for await (const packet of source.packets(end.signal)) {
        packets.push(packet);
        end.abort();
      }
      expect(packets).toHaveLength(1);
      await source.close?.();
      const ended = await make();
      expect(await Array.fromAsync(ended.source.packets(AbortSignal.abort()))).toEqual([]);
      await ended.source.close?.();
    });

    it('has read what it said it would, where it knows its end', async () => {
      const tested = await make();
      const { source, atLeast } = tested;
      const total = await source.total?.();
      await read(tested);
      if (atLeast !== undefined) expect(total).toBeUndefined();
      else if (total !== undefined && source.read) expect(source.read()).toBe(total);
    });
  });
}
