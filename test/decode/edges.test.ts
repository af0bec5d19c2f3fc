import { lastValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/decode/decode.ts';
import { decodeSensor } from '../../src/decode/decodeSensor.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { eventCd } from '../../src/decode/formats/eventCd.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import { libcaer } from '../../src/decode/formats/libcaer.ts';
import { libcaerCmp } from '../../src/decode/formats/libcaerCmp.ts';
import { mono } from '../../src/decode/formats/mono.ts';
import { text } from '../../src/decode/formats/text.ts';
import { aedat4 } from '../../src/decode/formats/aedat4.ts';
import type { Packet } from '../../src/stage/packet.ts';
import type { Reject } from '../../src/stage/reject.ts';
import { countedItem } from '../stage/items.ts';
import { samples } from './samples.ts';
import { type Row, eventsOf } from './support.ts';

const formats = [evt3, eventCd, libcaer, libcaerCmp, mono, text, aedat4];
const rowsFrom = (startUs: number): Row[] => Array.from({ length: 20 }, (_, i): Row => [startUs + i * 50, i, 3, i & 1]);
const bytesOf = (encoding: string, rows: readonly Row[]): Uint8Array => samples.find(({ name }) => name === encoding)!.bytes(rows);

const packet = (more: Partial<Packet> = {}): Packet => ({
  ...countedItem({}),
  seq: 0,
  encoding: 'evt3',
  width: 64,
  height: 48,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: encodeEvt3(eventsOf(rowsFrom(1000))),
  ...more,
});

/** Decodes packets numbered in their order; how many events each gave, or why it was rejected. */
function outcomes(packets: readonly Partial<Packet>[], largestSensorPixels?: number): (number | string)[] {
  const read = decodeSensor(formats, { largestSensorPixels });
  return packets.map((more, seq) => {
    try {
      return read(packet({ seq, ...more })).events.length;
    } catch (error) {
      expect(error).toMatchObject({ code: 'DECODE_MALFORMED' });
      return (error as Error).message;
    }
  });
}

const rejected = (what: RegExp): unknown => expect.stringMatching(what);

describe('a packet that its source could not make out', () => {
  it('is rejected with its fault and its bytes, and the next is decoded as after a gap (issue 11)', async () => {
    const letters: object[] = [];
    const reject: Reject = async (stage, { position }, cause, evidence) => void letters.push({ stage, position, cause, ...evidence });
    const withoutRow = new Uint8Array(Uint16Array.of(0x2005).buffer);
    const packets = [
      packet(),
      packet({ seq: 1, fault: "header 'width' is odd", encoding: 'unreadable', bytes: Uint8Array.of(9) }),
      packet({ seq: 2, bytes: withoutRow }),
      packet({ seq: 3, bytes: encodeEvt3(eventsOf(rowsFrom(9000))) }),
    ];
    const batches = await lastValueFrom(from(packets).pipe(decode({ formats, reject }), toArray()));
    expect(batches.map(({ events }) => events.length)).toEqual([20, 0, 20]);
    const cause = { code: 'DECODE_MALFORMED', message: "packet 0 of test ('unreadable'): header 'width' is odd" };
    expect(letters).toMatchObject([{ stage: 'decode', cause, payload: Uint8Array.of(9), payloadType: 'unreadable' }]);
  });
});

describe('the size of a sensor', () => {
  it.each([
    [65_535, 65_535],
    [1e8, 1e8],
    [65_537, 1],
    [4096, 4096],
    [-3, 48],
    [0.5, 48],
    [Number.NaN, 48],
  ])('%d x %d costs one dead letter, and the packets around it nothing (issue 11)', (width, height) => {
    expect(outcomes([{}, { width, height }, {}])).toEqual([20, rejected(/a sensor of .* pixels/), 20]);
    expect(outcomes([{ width, height }, {}, {}])).toEqual([rejected(/a sensor of .* pixels/), 20, 20]);
  });

  it('has a bound that an option raises and lowers', () => {
    expect(outcomes([{ width: 4096, height: 4096 }], 2 ** 24)).toEqual([20]);
    expect(outcomes([{}], 64 * 48 - 1)).toEqual([rejected(/at most 3,071 pixels\).*largestSensorPixels/)]);
  });

  it('is as well bounded where the bytes tell it', () => {
    const vast = Buffer.from('%geometry:65535,65535\n0.001 3 4 1\n0.002 5 6 0\n'.padEnd(20_000, '0.003 1 1 1\n'));
    expect(outcomes([{ encoding: 'text', width: 0, height: 0, bytes: vast }])).toEqual([rejected(/65535 x 65535 pixels is larger/)]);
  });

  it('that is known to nobody makes a dead letter, not a window that cannot be drawn', () => {
    expect(outcomes([{ width: 0, height: 0 }, {}])).toEqual([rejected(/size of its sensor is not known; give width and height/), 20]);
    expect(outcomes([{ width: 64, height: 0 }, {}])).toEqual([rejected(/not known/), 20]);
  });

  it('may be left out by later packets', () => {
    expect(outcomes([{}, { width: 0, height: 0 }])).toEqual([20, 20]);
  });

  it('that is wrong in the first packet is not held against those that follow (issue 11)', () => {
    expect(outcomes([{ width: 1, height: 1 }, {}, {}])).toEqual([rejected(/mostly damage/), 20, 20]);
  });

  it('that changes for one packet leaves the clock where it was, past its wraps', () => {
    const read = decodeSensor(formats);
    const at = (startUs: number, seq: number, more: Partial<Packet> = {}): number =>
      read(packet({ seq, bytes: encodeEvt3(eventsOf(rowsFrom(startUs))), ...more })).events.t[0]!;
    for (let seq = 0; seq < 10; seq++) at(seq * 8_000_000, seq);
    expect(at(80_000_000, 10, { width: 128 })).toBe(80_000_000);
    expect(at(88_000_000, 11)).toBe(88_000_000);
  });

  it('and another encoding for one packet do not set the clock back either (issue 11)', () => {
    const read = decodeSensor(formats);
    const at = (startUs: number, seq: number): number => read(packet({ seq, bytes: encodeEvt3(eventsOf(rowsFrom(startUs))) })).events.t[0]!;
    for (let seq = 0; seq < 10; seq++) at(seq * 8_000_000, seq);
    read(packet({ seq: 10, encoding: 'event_cd', bytes: bytesOf('event_cd', rowsFrom(5)) }));
    expect(at(78_000_000, 11)).toBe(78_000_000);
  });
});

describe('sensor time', () => {
  const FAR = 2n ** 63n - 1n;
  it.each(['libcaer', 'mono', 'libcaer_cmp'])(
    'of %s is exact with a time base of today, and none beyond the year 2112 (issue 11)',
    (encoding) => {
      const of = (timeBaseNs: bigint): Partial<Packet> => ({ encoding, timeBaseNs, bytes: bytesOf(encoding, rowsFrom(1000)) });
      const read = decodeSensor(formats);
      expect(read(packet(of(1_764_000_000_123_456_000n))).events.t[0]).toBe(1_764_000_000_124_456);
      const far = outcomes([of(FAR), of(2n ** 52n * 1000n), of(0n)]);
      expect(far).toEqual([rejected(/mostly damage/), rejected(/mostly damage/), 20]);
    },
  );

  it('of event_cd and text leaves room for the end of a window', () => {
    const bytes = bytesOf(
      'event_cd',
      [2 ** 52, 2 ** 53 - 1, 2 ** 53 - 2].map((t): Row => [t, 1, 1, 1]),
    );
    expect(outcomes([{ encoding: 'event_cd', bytes }])).toEqual([rejected(/mostly damage/)]);
    expect(outcomes([{ encoding: 'event_cd', bytes: bytesOf('event_cd', [[2 ** 52 - 1, 1, 1, 1]]) }])).toEqual([1]);
  });
});
