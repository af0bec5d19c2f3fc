import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/consume/packet.ts';
import { decodeSensor } from '../../src/decode/decode.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { countedItem } from '../stage/items.ts';

/** Events of one packet, one a millisecond from `fromMs` on. */
const bytesFrom = (fromMs: number): Uint8Array => {
  const events = makeEvents(10);
  events.length = 10;
  for (let i = 0; i < 10; i++) {
    events.t[i] = (fromMs + i) * 1000;
    events.x[i] = i;
    events.y[i] = 3;
  }
  return encodeEvt3(events);
};

const packet = (seq: number, bytes: Uint8Array): Packet => ({
  ...countedItem({}),
  seq,
  encoding: 'evt3',
  width: 64,
  height: 48,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes,
});

/** Words that look like times of all sorts among others that cannot be. */
const garbage = (): Uint8Array => {
  const words = new Uint16Array(400);
  for (let i = 0; i < words.length; i++) words[i] = i % 4 === 0 ? 0x8000 | ((i * 977) % 4096) : 0xb000 | i;
  return new Uint8Array(words.buffer);
};

describe('decode', () => {
  it('rejects a packet that is mostly damage, and decodes the next at its true time', () => {
    const decode = decodeSensor([evt3]);
    expect(decode(packet(0, bytesFrom(1000))).events.t[0]).toBe(1_000_000);
    expect(() => decode(packet(1, garbage()))).toThrow(/packet 1 of cam \(evt3, 800 bytes\) is mostly damage/);
    const { events } = decode(packet(2, bytesFrom(1020)));
    expect([events.length, events.t[0]]).toEqual([10, 1_020_000]);
  });

  it('forgets after a jump in seq what the lost packets may have changed', () => {
    const decode = decodeSensor([evt3]);
    decode(packet(0, bytesFrom(0)));
    const withoutRow = new Uint8Array(Uint16Array.of(0x2005).buffer);
    expect(decode(packet(1, withoutRow)).events.length).toBe(1);
    expect(decode(packet(7, withoutRow)).events.length).toBe(0);
  });

  it('gives events that stay as they are when the decoder goes on', () => {
    const decode = decodeSensor([evt3]);
    const { events } = decode(packet(0, bytesFrom(0)));
    const kept = [...events.t];
    decode(packet(1, bytesFrom(500)));
    expect([...events.t]).toEqual(kept);
  });
});
