import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from '../../../src/cli/support/paced.ts';
import type { Packet } from '../../../src/stage/packet.ts';
import type { Source } from '../../../src/consume/source.ts';
import { synthetic } from '../../../src/consume/sources/synthetic.ts';

const never = new AbortController().signal;

/** What `paced` waits for, without the wall clock. */
const waits: number[] = [];
vi.mock('../../../src/consume/recordings/paceOf.ts', () => ({ paceOf: () => async (atMs: number) => void waits.push(atMs) }));
beforeEach(() => void (waits.length = 0));
afterEach(() => vi.restoreAllMocks());

async function packetsOf(source: Source): Promise<Packet[]> {
  const packets: Packet[] = [];
  for await (const packet of source.packets(never)) packets.push(packet);
  return packets;
}

describe('paced', () => {
  it("waits for the sensor's own clock, which only its packets tell", async () => {
    await packetsOf(paced(synthetic({ seconds: 0.05, packetMs: 10 }), 1));
    expect(waits.map(Math.round)).toEqual([10, 20, 30, 40, 50]);
  });

  it('does not wait for warm-up packets, nor for packets that cannot be decoded', async () => {
    const plain = synthetic({ seconds: 0.05, packetMs: 10 });
    const marked: Source = {
      ...plain,
      async *packets(signal) {
        for await (const packet of plain.packets(signal)) {
          if (packet.seq === 3) yield { ...packet, encoding: 'unknown' };
          else yield { ...packet, isWarmUp: packet.seq < 2 };
        }
      },
    };
    expect(await packetsOf(paced(marked, 1))).toHaveLength(5);
    expect(waits.filter((ms) => !Number.isNaN(ms)).map(Math.round)).toEqual([30, 50]);
  });

  it('is the source itself where time does not matter', () => {
    const source = synthetic({ seconds: 1 });
    expect(paced(source, Infinity)).toBe(source);
  });
});
