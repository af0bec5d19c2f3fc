import { describe, expect, it } from 'vitest';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { type EventBatch, makeEvents } from '../../src/decode/events.ts';
import { aedat4 } from '../../src/decode/formats/aedat4.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { text } from '../../src/decode/formats/text.ts';
import { sensorDecoders } from '../../src/decode/sensorDecoders.ts';
import type { Packet } from '../../src/stage/packet.ts';
import { countedItem } from '../stage/items.ts';

const packet = (sensor: string, seq: number, encoding: string, bytes: Uint8Array): Packet => ({
  ...countedItem({}, sensor),
  seq,
  encoding,
  width: 64,
  height: 48,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes,
});
const eventAt = (t: number): Uint8Array => {
  const events = makeEvents(1);
  Object.assign(events, { length: 1 });
  events.t[0] = t;
  return encodeEvt3(events);
};

describe('decoders of many sensors (issue 11)', () => {
  it('go on at the time that they had reached after they were forgotten: the clock of EVT3 wraps every 17 seconds', () => {
    const decoders = sensorDecoders({ formats: [evt3], state: { sensors: 1 } }, () => {});
    const times: number[] = [];
    for (const [seq, t] of [16_000_000, 20_000_000].entries()) {
      times.push(decoders.decode(packet('cam', seq, 'evt3', eventAt(t))).events.t[0]!);
      decoders.decode(packet(`other ${seq}`, 0, 'evt3', eventAt(1)));
    }
    expect(times[0]).toBe(16_000_000);
    expect(times[1]).toBe(20_000_000);
  });

  it('deliver what a decoder held back before they forget it', () => {
    const heldBack: EventBatch[] = [];
    const decoders = sensorDecoders({ formats: [text], state: { sensors: 1 } }, (batch) => heldBack.push(batch));
    decoders.decode(packet('cam', 0, 'text', Buffer.from('0.001 3 4 1\n0.002 5 6 0')));
    decoders.decode(packet('other', 0, 'text', Buffer.from('0.001 3 4 1\n')));
    expect(heldBack.map(({ sensor, events }) => [sensor, [...events.t]])).toEqual([['cam', [1000, 2000]]]);
  });

  it('hold no more bytes of records that are not complete than they may', () => {
    const decoders = sensorDecoders({ formats: [aedat4], state: { bytes: 2 ** 24 } }, () => {});
    for (let i = 0; i < 300; i++)
      decoders.decode(
        packet(`cam ${i}`, 0, 'aedat4', Buffer.concat([Buffer.from('#!AER-DAT4.0\r\n'), Buffer.alloc(4, 0x3f), Buffer.alloc(500_000)])),
      );
    expect(decoders.held()).toBeLessThanOrEqual(2 ** 22);
  });
});
