import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { decode, decodeSensor } from '../../src/decode/decode.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { text } from '../../src/decode/formats/text.ts';
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
    const read = decodeSensor([evt3]);
    expect(read(packet(0, bytesFrom(1000))).events.t[0]).toBe(1_000_000);
    expect(() => read(packet(1, garbage()))).toThrow(/packet 1 of cam \(evt3, 800 bytes\) is mostly damage/);
    const { events } = read(packet(2, bytesFrom(1020)));
    expect([events.length, events.t[0]]).toEqual([10, 1_020_000]);
  });

  it('forgets after a jump in seq what the lost packets may have changed', () => {
    const read = decodeSensor([evt3]);
    read(packet(0, bytesFrom(0)));
    const withoutRow = new Uint8Array(Uint16Array.of(0x2005).buffer);
    expect(read(packet(1, withoutRow)).events.length).toBe(1);
    expect(read(packet(7, withoutRow)).events.length).toBe(0);
  });

  it('delivers what was held back for the rest of a record when the stream ends, and not when the run is stopped', async () => {
    const lines = '0.001 3 4 1\n0.002 5 6 0\n0.003 7 8 1';
    const written = { ...packet(0, new TextEncoder().encode(lines)), encoding: 'text' };
    const eventsOf = async (stop: AbortSignal): Promise<number> => {
      const batches = await lastValueFrom(
        of(written).pipe(
          decode({ formats: [text], stop }, async () => {}),
          toArray(),
        ),
      );
      return batches.reduce((sum, { events }) => sum + events.length, 0);
    };
    expect(await eventsOf(new AbortController().signal)).toBe(3);
    expect(await eventsOf(AbortSignal.abort())).toBeLessThan(3);
  });

  it('gives events that stay as they are when the decoder goes on', () => {
    const read = decodeSensor([evt3]);
    const { events } = read(packet(0, bytesFrom(0)));
    const kept = [...events.t];
    read(packet(1, bytesFrom(500)));
    expect([...events.t]).toEqual(kept);
  });
});
