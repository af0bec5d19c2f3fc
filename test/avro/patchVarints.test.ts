import { describe, expect, it } from 'vitest';
import { decoder, encoder } from '../../src/avro/wireFormat.ts';
import { long } from '../fuzz/avroPacket.ts';

const packet = { sensor: 'cam', seq: 1, encoding: 'evt3', width: 4, height: 3, timeBaseNs: 0, capturedAtUs: null, events: Buffer.of(1, 2) };
const { encode } = encoder('event-packet', Buffer.alloc(0));

describe('a number in Avro that is longer than any', () => {
  it.each([true, false])('ends its own record and no other, in the place of each field (issue 11), exact: %s', (exact) => {
    const read = decoder<typeof packet>('event-packet', 'plain', undefined, { exact });
    const whole = encode(packet);
    const endless = Buffer.concat([Buffer.alloc(200, 0x80), Buffer.of(0)]);
    for (let at = 0; at < whole.length; at++) {
      const odd = Buffer.concat([whole.subarray(0, at), endless, whole.subarray(at)]);
      expect(() => read(odd)).toThrow(expect.objectContaining({ code: 'INPUT_UNREADABLE' }));
      expect((read(whole) as typeof packet).events).toEqual(packet.events);
    }
  });

  it.each([2n ** 63n, -(2n ** 63n) - 1n, 2n ** 69n, 2n ** 400n])('of %d is refused', (value) => {
    const read = decoder<typeof packet>('event-packet', 'plain', undefined, { exact: true });
    const odd = Buffer.concat([Buffer.of(6), Buffer.from('cam'), long(value), encode({ ...packet, sensor: '', seq: 0 }).subarray(2)]);
    expect(() => read(odd)).toThrow(/no saccade.EventPacket/);
  });
});
