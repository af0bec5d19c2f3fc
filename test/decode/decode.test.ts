import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Observable, Subject, from, lastValueFrom, map, of, takeUntil, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { decode } from '../../src/decode/decode.ts';
import { decodeSensor } from '../../src/decode/decodeSensor.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { type EventBatch, makeEvents } from '../../src/decode/events.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { text } from '../../src/decode/formats/text.ts';
import type { Session } from '../../src/stage/session.ts';
import type { Reject } from '../../src/stage/reject.ts';
import { bytesFormat } from '../parts.ts';
import { countedItem } from '../stage/items.ts';
import { marbles, marblesOfPromises, sleep } from '../stage/marbles.ts';
import { type Lifetime, endless, lifetime } from '../../src/stage/lifetime.ts';

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
    const session = (): Session => ({ lifetime: endless, register: () => true, finish: () => {} });
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

  it('holds on to nothing of the sensors whose sessions have ended', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const packets = new Subject<Packet>();
    const passed: WeakRef<object>[] = [];
    packets.pipe(decode({ formats: [evt3] })).subscribe();
    for (let i = 0; i < 100; i++) {
      const own = lifetime();
      const next = { ...packet(0, bytesFrom(i)), sensor: `cam${i}`, session: { lifetime: own, register: () => true, finish: () => {} } };
      passed.push(new WeakRef(next));
      packets.next(next);
      own.end();
    }
    // A WeakRef keeps its target until the end of the turn in which it was made.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(passed.filter((one) => one.deref()).length).toBeLessThan(10);
    packets.complete();
  });

  it('stops listening to a session when the stream ends, and when the next session of the sensor begins', () => {
    let listeners = 0;
    const over = new Observable<never>(() => {
      listeners++;
      return () => listeners--;
    });
    const session = (): Session => ({ lifetime: { isOver: false, over }, register: () => true, finish: () => {} });
    const packets = new Subject<Packet>();
    packets.pipe(decode({ formats: [evt3] })).subscribe();
    for (let seq = 0; seq < 10; seq++) packets.next({ ...packet(seq, bytesFrom(seq)), session: session() });
    expect(listeners).toBe(1);
    packets.complete();
    expect(listeners).toBe(0);
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

describe('decode in time', () => {
  /** A packet of the format whose bytes are events, one each millisecond; 0xff is damage. */
  const packetOf = (seq: number, bytes: readonly number[], over: Partial<Packet> = {}): Packet => ({
    ...packet(seq, Uint8Array.from(bytes)),
    encoding: 'bytes',
    ...over,
  });
  const decoded = (packets: Observable<Packet>, reject?: Reject): Observable<string> =>
    packets.pipe(
      decode({ formats: [bytesFormat, text], reject }),
      map(({ sensor, events }) => `${sensor} ${[...events.t].map((t) => t / 1000).join(' ')}`),
    );

  it('makes a batch of each packet, at once and in order, each sensor with a clock of its own', () => {
    marbles(({ cold, expectObservable }) => {
      const packets = { a: packetOf(0, [1, 2]), b: packetOf(1, [3]), x: packetOf(0, [1], { sensor: 'other' }), c: packetOf(2, [4]) };
      expectObservable(decoded(cold('a--(bx)-c|', packets))).toBe('a--(bx)-c|', { a: 'cam 1 2', b: 'cam 3', x: 'other 1', c: 'cam 4' });
    });
  });

  it('begins with a new decoder where a session begins, and drops the packets of one that has ended', () => {
    marbles(({ cold, expectObservable }) => {
      const session = (own: Lifetime): Session => ({ lifetime: own, register: () => true, finish: () => {} });
      const [first, second] = [session({ isOver: true, over: of(0) }), session(endless)];
      const packets = {
        a: packetOf(0, [1, 2]),
        b: packetOf(1, [3], { session: first }),
        c: packetOf(1, [3], { session: second }),
        d: packetOf(2, [4], { session: second }),
      };
      expectObservable(decoded(cold('a-b-c-d|', packets))).toBe('a---c-d|', { a: 'cam 1 2', c: 'cam 1', d: 'cam 2' });
    });
  });

  it('delivers what was held back for the rest of a record at completion, not at an error and not when it is unsubscribed', () => {
    marbles(({ cold, expectObservable }) => {
      const lines = '0.001 3 4 1\n0.002 5 6 0';
      const packets = { a: { ...packet(0, new TextEncoder().encode(lines)), encoding: 'text' } };
      const events = { a: 'cam ', r: 'cam 1 2' };
      expectObservable(decoded(cold('a--|', packets))).toBe('a--(r|)', events);
      expectObservable(decoded(cold('a--#', packets))).toBe('a--#', events);
      expectObservable(decoded(cold('a--|', packets)), '^-!').toBe('a--', events);
    });
  });

  it('rejects a packet that is mostly damage, and does not hold up the packets behind it', async () => {
    const rejected: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }, now) => {
      const reject: Reject = async (stage, item, _, { payloadType }) => {
        await sleep(5);
        rejected.push(`${stage} ${item.sensor} ${payloadType} at ${now()}`);
      };
      const packets = { a: packetOf(0, [1]), b: packetOf(1, [0xff, 0xff]), c: packetOf(2, [2]) };
      // Complete when the dead letter is safe.
      expectObservable(decoded(cold('abc|', packets), reject)).toBe('a-c---|', { a: 'cam 1', c: 'cam 4' });
      const error = expect.objectContaining({ code: 'DECODE_MALFORMED' });
      expectObservable(decoded(cold('abc|', packets))).toBe('a#', { a: 'cam 1' }, error);
    });
    expect(rejected).toEqual(['decode cam bytes at 6']);
  });
});
