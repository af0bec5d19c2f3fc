import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvt3 } from '../../../src/decode/encoders/encodeEvt3.ts';
import { evt3 } from '../../../src/decode/formats/evt3.ts';
import { cuts, decodeAll, eventRows, eventsOf, rowsOf, words16 } from '../support.ts';

const sensor = { width: 1280, height: 720 };
const high = (steps: number): number => 0x8000 | (steps & 0xfff);
const low = (us: number): number => 0x6000 | us;
const row = (y: number): number => y;
const on = (x: number): number => 0x2800 | x;
const off = (x: number): number => 0x2000 | x;
const base = (x: number): number => 0x3800 | x;
const v12 = (mask: number): number => 0x4000 | mask;
const v8 = (mask: number): number => 0x5000 | mask;
const started = [high(1), low(5), row(7)];
const decode = (...words: number[]) => decodeAll(evt3, words16(...words), sensor);

describe('evt3', () => {
  it('makes an event of each ADDR_X at the row and time before it', () => {
    expect(decode(...started, on(3), off(4), row(8), low(9), on(3)).rows).toEqual([
      [4101, 3, 7, 1],
      [4101, 4, 7, 0],
      [4105, 3, 8, 1],
    ]);
  });

  it('makes an event of each bit of a vector, and ADDR_X leaves the polarity of the vector alone', () => {
    expect(decode(...started, base(100), off(1), v12(0b1000_0000_0001), v8(0b10)).rows).toEqual([
      [4101, 1, 7, 0],
      [4101, 100, 7, 1],
      [4101, 111, 7, 1],
      [4101, 113, 7, 1],
    ]);
  });

  it('takes each vector word for itself: a triple without its last word is no damage', () => {
    const { rows, counters } = decode(...started, base(8), v12(1), v12(2), high(2), low(1), off(9));
    expect(rows).toEqual([
      [4101, 8, 7, 1],
      [4101, 21, 7, 1],
      [8193, 9, 7, 0],
    ]);
    expect(counters).toMatchObject({ orphanWords: 0, unknownWords: 0, outOfRange: 0 });
  });

  it('keeps those bits of a vector that are inside the sensor', () => {
    const { rows, counters } = decode(...started, base(1270), v12(0xfff), v12(0xfff), v8(0xff));
    expect(rows.map(([, x]) => x)).toEqual([1270, 1271, 1272, 1273, 1274, 1275, 1276, 1277, 1278, 1279]);
    expect(counters.outOfRange).toBe(22);
  });

  it('drops and counts events below the sensor or to the right of it', () => {
    const { rows, counters } = decode(...started, on(1280), row(720), on(1), base(0), v8(0b11));
    expect(rows).toEqual([]);
    expect(counters).toMatchObject({ outOfRange: 4, events: 0 });
  });

  it('drops and counts what comes before time, row or base are known', () => {
    const { rows, counters } = decode(row(1), on(1), high(1), on(2), low(1), v8(1), on(3));
    expect(rows).toEqual([[4097, 3, 1, 1]]);
    expect(counters.orphanWords).toBe(3);
  });

  it('adds up the wraps of the 24-bit clock', () => {
    const { rows, counters } = decode(high(4095), low(4095), row(1), on(1), high(0), low(2), on(1), high(2), on(1));
    expect(rows.map(([t]) => t)).toEqual([16_777_215, 16_777_218, 16_777_216 + 8192]);
    expect(counters).toMatchObject({ wraps: 1, timeBackward: 0 });
  });

  it('holds the time over a small step back, and takes it for no wrap', () => {
    const { rows, counters } = decode(high(100), low(1), row(1), on(1), high(98), low(5), on(1), high(100), high(101), low(0), on(1));
    expect(rows.map(([t]) => t)).toEqual([100 * 4096 + 1, 100 * 4096 + 5, 101 * 4096]);
    expect(counters).toMatchObject({ wraps: 0, timeBackward: 1, gaps: 0 });
  });

  it('returns to the time before when a jump forward turns out to be one wrong word', () => {
    const { rows } = decode(high(100), low(1), row(1), high(1124), high(101), low(2), on(1));
    expect(rows).toEqual([[101 * 4096 + 2, 1, 1, 1]]);
  });

  it('adopts another time when several words agree on it', () => {
    const { rows, counters } = decode(high(10), low(1), row(1), high(3000), high(3001), high(3002), low(4), on(1));
    expect(rows).toEqual([[3002 * 4096 + 4, 1, 1, 1]]);
    expect(counters).toMatchObject({ gaps: 1, wraps: 0 });
  });

  it('counts padding and monitoring words separately from words that are not defined', () => {
    const { counters } = decode(...started, 0x9999, 0x9999, 0xe014, 0xf123, 0xf456, 0x7001, 0xd000, 0xb000, 0xc000);
    expect(counters).toMatchObject({ otherWords: 7, unknownWords: 2 });
  });

  it('counts external triggers', () => {
    expect(decode(...started, 0xa001, 0xa100).counters.triggers).toBe(2);
  });

  it('does not trust row, base or time after a gap', () => {
    const decoder = evt3.start(sensor);
    decoder.push(words16(...started, base(5)));
    decoder.gap();
    expect(rowsOf(decoder.push(words16(on(1), v8(1), high(2), row(3), on(1), low(4), v8(1), on(6))))).toEqual([[8196, 6, 3, 1]]);
    expect(decoder.counters).toMatchObject({ gaps: 1, orphanWords: 4 });
  });

  it('tells the time from time words alone', () => {
    const decoder = evt3.start(sensor);
    expect(decoder.clockUs).toBeNaN();
    decoder.push(words16(high(3), low(7)));
    expect(decoder.clockUs).toBe(3 * 4096 + 7);
    decoder.push(words16(high(4)));
    expect(decoder.clockUs).toBe(4 * 4096);
  });

  it('counts the byte that is left over at the end', () => {
    expect(decodeAll(evt3, words16(...started).subarray(0, 5), sensor).counters.leftoverBytes).toBe(1);
  });

  it('reads back what the encoder wrote, however it is cut', () => {
    fc.assert(
      fc.property(eventRows(1280, 720), cuts, (rows, lengths) => {
        const bytes = encodeEvt3(eventsOf(rows));
        expect(decodeAll(evt3, bytes, sensor, lengths).rows).toEqual(rows);
      }),
    );
  });

  it('follows the encoder through a pause longer than the clock', () => {
    const rows = [
      [1000, 1, 1, 1],
      [50_000_000, 2, 1, 0],
    ] as const;
    expect(decodeAll(evt3, encodeEvt3(eventsOf(rows)), sensor).rows).toEqual(rows);
    const pause = encodeEvt3(eventsOf([]), { sinceUs: 0, untilUs: 40_000_123 });
    expect(decodeAll(evt3, pause, sensor).clockUs).toBe(40_000_123);
  });
});
