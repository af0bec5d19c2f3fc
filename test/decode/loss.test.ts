import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { decodeSensor } from '../../src/decode/decodeSensor.ts';
import { allFormats } from '../../src/decode/allFormats.ts';
import { type Random, makeRandom } from '../fuzz/mutate.ts';
import { packetsOf } from './packets.ts';
import { hasRecordings, rowsOf } from './support.ts';

/** Ways in which packets go astray between a camera and here. */
const faults: Readonly<Record<string, (packets: readonly Packet[], random: Random) => Packet[]>> = {
  'packets that are lost': (packets, random) => packets.filter(() => random(6) > 0),
  'packets that come twice': (packets, random) => packets.flatMap((packet) => (random(6) === 0 ? [packet, packet] : [packet])),
  'packets that overtake each other': (packets, random) => {
    const out = [...packets];
    for (let i = 1; i < out.length; i++) if (random(6) === 0) [out[i - 1], out[i]] = [out[i]!, out[i - 1]!];
    return out;
  },
  'a stream that is joined in its middle': (packets, random) => packets.slice(1 + random(packets.length - 1)),
};

describe.skipIf(!hasRecordings)('a stream with', () => {
  describe.each(Object.entries(faults))('%s', (_, inject) => {
    it.each(['packets_evt3_trigger', 'packets_libcaer_rollover'])('makes no event that is not in %s', (name) => {
      const packets = packetsOf(name);
      const whole = decodeSensor(allFormats);
      const truth = new Set(packets.flatMap((packet) => rowsOf(whole(packet).events).map((row) => row.join())));
      for (let seed = 1; seed <= 2; seed++) {
        const random = makeRandom(seed);
        const decode = decodeSensor(allFormats);
        let [events, wrong] = [0, 0];
        for (const packet of inject(packets, random)) {
          for (const row of rowsOf(decode(packet).events)) {
            events++;
            if (!truth.has(row.join())) wrong++;
          }
        }
        expect(wrong).toBe(0);
        expect(events).toBeGreaterThan(0);
      }
    });
  });
});
