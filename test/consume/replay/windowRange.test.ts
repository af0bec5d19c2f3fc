import { describe, expect, it } from 'vitest';
import { PacketRange } from '../../../src/consume/replay/packetRange.ts';
import { windowRange } from '../../../src/consume/replay/windowRange.ts';
import type { TopicPoint } from '../../../src/kafka/consumer/topicPoint.ts';
import type { Packet } from '../../../src/stage/packet.ts';

/** Packets 0, 1, 2 ... of one partition; windows of two packets each begin at every even one. */
async function windowsOf(
  count: number,
  { from, to }: { from?: TopicPoint; to?: TopicPoint },
): Promise<{ begun: number[]; seen: number[]; warmUp: number[] }> {
  async function* messages(): AsyncGenerator<{ packet: Packet; timestampMs: number }> {
    for (let first = 0; first < count; first++) {
      const position = { source: 't', unit: 'offset', partition: 0, first, end: first + 1 } as const;
      yield { packet: { sensor: 'cam', position, ack: () => {} } as unknown as Packet, timestampMs: Date.UTC(2026, 0, 1, 0, 0, first) };
    }
  }
  const [begun, seen, warmUp]: number[][] = [[], [], []];
  let held: Packet | undefined;
  for await (const packet of windowRange(messages(), new PacketRange(from, to), new Set([0]))) {
    seen!.push(packet.position.first);
    if (packet.isWarmUp) warmUp!.push(packet.position.first);
    if (!held) {
      held = packet;
      continue;
    }
    const { first } = held.position;
    if (packet.session!.register({ sensor: 'cam', start: first, end: first + 2, position: held.position })) begun!.push(first);
    held.ack();
    packet.ack();
    held = undefined;
  }
  return { begun: begun!, seen: seen!, warmUp: warmUp! };
}

describe('windowRange', () => {
  it('chooses the windows that begin in the range, and passes what they need before and after it', async () => {
    const { begun, seen, warmUp } = await windowsOf(20, { from: 5, to: 9 });
    expect(begun).toEqual([6, 8]);
    expect(warmUp).toEqual([0, 1, 2, 3, 4]);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('takes each window once where one range ends at the point at which the next begins', async () => {
    const parts = await Promise.all([windowsOf(20, { to: 7 }), windowsOf(20, { from: 7, to: 12 }), windowsOf(20, { from: 12 })]);
    expect(parts.flatMap(({ begun }) => begun)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  });

  it('takes times, and offsets by partition', async () => {
    expect((await windowsOf(20, { from: '2026-01-01T00:00:16Z' })).begun).toEqual([16, 18]);
    expect((await windowsOf(20, { to: { 0: 3 } })).begun).toEqual([0, 2]);
    expect((await windowsOf(6, { to: { 1: 3 } })).begun).toEqual([0, 2, 4]);
  });
});
