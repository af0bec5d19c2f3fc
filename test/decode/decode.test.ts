import { Subject, from, lastValueFrom, of, takeUntil, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { decode, decodeSensor } from '../../src/decode/decode.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { type EventBatch, makeEvents } from '../../src/decode/events.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { text } from '../../src/decode/formats/text.ts';
import type { Session } from '../../src/stage/session.ts';
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

  it('delivers what was held back for the rest of a record when the stream ends, and not when it is unsubscribed', async () => {
    const lines = '0.001 3 4 1\n0.002 5 6 0\n0.003 7 8 1';
    const written = { ...packet(0, new TextEncoder().encode(lines)), encoding: 'text' };
    const count = (batches: readonly EventBatch[]): number => batches.reduce((sum, { events }) => sum + events.length, 0);
    expect(count(await lastValueFrom(of(written).pipe(decode({ formats: [text] }), toArray())))).toBe(3);
    const [packets, stop, seen] = [new Subject<Packet>(), new Subject<void>(), [] as EventBatch[]];
    packets.pipe(decode({ formats: [text] }), takeUntil(stop)).subscribe((batch) => seen.push(batch));
    packets.next(written);
    stop.next();
    packets.complete();
    expect(count(seen)).toBeLessThan(3);
  });

  it('has a decoder for each sensor, and a new one for each session of it', async () => {
    const session = (): Session => ({ signal: new AbortController().signal, register: () => true, finish: () => {} });
    const [first, second] = [session(), session()];
    const withoutRow = new Uint8Array(Uint16Array.of(0x2005).buffer);
    const packets = [
      { ...packet(0, bytesFrom(0)), session: first },
      { ...packet(1, withoutRow), session: first },
      { ...packet(1, withoutRow), sensor: 'other', session: first },
      { ...packet(2, withoutRow), session: second },
    ];
    const batches = await lastValueFrom(from(packets).pipe(decode({ formats: [evt3] }), toArray()));
    expect(batches.slice(1).map(({ events }) => events.length)).toEqual([1, 0, 0]);
    expect(batches.map((batch) => batch.session)).toEqual([first, first, first, second]);
  });

  it('errors with what cannot be decoded where there is no reject', async () => {
    const odd = { ...packet(0, new Uint8Array(4)), encoding: 'odd' };
    await expect(lastValueFrom(of(odd).pipe(decode({ formats: [evt3] })))).rejects.toMatchObject({ code: 'DECODE_MALFORMED' });
  });

  it('gives events that do not change when the decoder continues', () => {
    const read = decodeSensor([evt3]);
    const { events } = read(packet(0, bytesFrom(0)));
    const kept = [...events.t];
    read(packet(1, bytesFrom(500)));
    expect([...events.t]).toEqual(kept);
  });
});
