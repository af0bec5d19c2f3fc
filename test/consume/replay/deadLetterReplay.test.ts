import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DeadLetterReplay } from '../../../src/consume/replay/deadLetterReplay.ts';
import type { Packet } from '../../../src/stage/packet.ts';
import { decode } from '../../../src/decode/decode.ts';
import { evt3 } from '../../../src/decode/formats/evt3.ts';
import { windows } from '../../../src/frame/windowing/windows.ts';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { windowId } from '../../../src/frame/windowing/windowId.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { fixedCount } from '../../../src/frame/windows/fixedCount.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { sliding } from '../../../src/frame/windows/sliding.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import type { DeadLetter } from '../../../src/stage/reject.ts';
import { sensorPackets } from '../../rig/sensorPackets.ts';

const HORIZON_US = 70_000;

/** 75 s of one sensor, four wraps of its clock, in 4,500 packets that are cut between any two words. */
const packets: readonly Packet[] = sensorPackets(3, 1500).map((bytes, first) => ({
  sensor: 'cam',
  position: { source: 'topic', unit: 'offset', partition: 0, first, end: first + 1 },
  ack: () => {},
  seq: first,
  encoding: 'evt3',
  width: 320,
  height: 240,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes,
}));

/** The windows of packets as the flow makes them; each with the id and the events that it and its picture have. */
async function windowsOf(source: AsyncIterable<Packet> | Iterable<Packet>, windowing: Windowing): Promise<Map<string, EventWindow>> {
  const cut = from(source).pipe(decode({ formats: [evt3] }), windows(windowing, { horizonUs: HORIZON_US }), toArray());
  return new Map((await lastValueFrom(cut)).map((window) => [windowId(window), window]));
}

const eventsOf = ({ slices, history }: EventWindow): number[] =>
  [...history, ...slices].flatMap(({ events, from: first, to }) =>
    Array.from({ length: to - first }, (_, i) => events.t[first + i]! * 512 + events.x[first + i]!),
  );

const letterOf = ({ sensor, start, end, position }: EventWindow): DeadLetter => ({ sensor, start, end, position }) as DeadLetter;

describe('DeadLetterReplay', () => {
  it.each([
    tumbling({ everyMs: 33 }),
    sliding({ everyMs: 20, lengthMs: 50 }),
    mixed({ everyMs: 100, orEvents: 33 }),
    fixedCount({ events: 37 }),
  ])('makes the windows of letters as they were, event by event, and decodes little else: $name', async (windowing) => {
    const all = [...(await windowsOf(packets, windowing)).values()];
    const wanted = [3, Math.floor(0.4 * all.length), Math.floor(0.4 * all.length) + 4, all.length - 2].map((i) => all[i]!);
    const replay = new DeadLetterReplay(wanted.map(letterOf), { horizonUs: HORIZON_US, isDone: () => false });
    const begin = replay.from;
    let passed = 0;
    async function* counted(): AsyncGenerator<Packet> {
      async function* given(): AsyncGenerator<Packet> {
        for (const packet of packets) if (packet.position.first >= begin.get(0)!) yield { ...packet, bytes: packet.bytes.slice() };
      }
      for await (const packet of replay.packets(given())) {
        passed++;
        yield packet;
      }
    }
    const found = await windowsOf(counted(), windowing);
    expect([...found.keys()].toSorted()).toEqual(wanted.map((window) => windowId(window)).toSorted());
    for (const window of wanted) expect(eventsOf(found.get(windowId(window))!)).toEqual(eventsOf(window));
    expect(replay.missing()).toEqual([]);
    expect(passed).toBeLessThan(packets.length / 4);
  });
});
