import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvt2 } from '../../../src/decode/encoders/encodeEvt2.ts';
import { evt2 } from '../../../src/decode/formats/evt2.ts';
import { cuts, decodeAll, eventRows, eventsOf, words32 } from '../support.ts';

const sensor = { width: 640, height: 480 };
const high = (steps: number): number => (0x80000000 | steps) >>> 0;
const cd = (p: number, low: number, x: number, y: number): number => ((p << 28) | (low << 22) | (x << 11) | y) >>> 0;
const decode = (...words: number[]) => decodeAll(evt2, words32(...words), sensor);

describe('evt2', () => {
  it('joins the high part of the time and the low part in the event', () => {
    expect(decode(high(2), cd(1, 3, 639, 479), high(3), cd(0, 0, 1, 2)).rows).toEqual([
      [131, 639, 479, 1],
      [192, 1, 2, 0],
    ]);
  });

  it('drops and counts events before the first time, and outside the sensor', () => {
    const { rows, counters } = decode(cd(1, 0, 1, 1), high(1), cd(1, 0, 640, 1), cd(1, 0, 1, 480), cd(0, 1, 2, 3));
    expect(rows).toEqual([[65, 2, 3, 0]]);
    expect(counters).toMatchObject({ orphanWords: 1, outOfRange: 2, events: 1 });
  });

  it('adds up the wraps of the 34-bit clock', () => {
    const { rows, counters } = decode(high(2 ** 28 - 1), cd(1, 63, 0, 0), high(1), cd(1, 0, 0, 0));
    expect(rows.map(([t]) => t)).toEqual([2 ** 34 - 1, 2 ** 34 + 64]);
    expect(counters.wraps).toBe(1);
  });

  it('follows a clock that was set back once several words agree', () => {
    const { rows, counters } = decode(high(90_000), high(10), high(11), high(12), cd(1, 1, 0, 0));
    expect(rows.map(([t]) => t)).toEqual([12 * 64 + 1]);
    expect(counters).toMatchObject({ gaps: 1, timeBackward: 3 });
  });

  it('counts triggers, monitoring words and words that are not defined', () => {
    const { counters } = decode(high(1), 0xa0000001, 0xe0000014, 0xf0000001, 0xd0000000, 0x20000000);
    expect(counters).toMatchObject({ triggers: 1, otherWords: 3, unknownWords: 1 });
  });

  it('tells the time of the last event or time word', () => {
    expect(decode(high(2), cd(1, 3, 1, 1)).clockUs).toBe(131);
    expect(decode(high(2), cd(1, 3, 1, 1), high(9)).clockUs).toBe(576);
  });

  it('reads back what the encoder wrote, however it is cut', () => {
    fc.assert(
      fc.property(eventRows(640, 480, 1e9), cuts, (rows, lengths) => {
        expect(decodeAll(evt2, encodeEvt2(eventsOf(rows)), sensor, lengths).rows).toEqual(rows);
      }),
    );
  });
});
