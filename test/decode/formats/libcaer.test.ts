import { describe, expect, it } from 'vitest';
import { libcaer } from '../../../src/decode/formats/libcaer.ts';
import { decodeAll, rowsOf, words32 } from '../support.ts';

const sensor = { width: 640, height: 480 };
const at = (t: number, valid = 1): [number, number] => [(valid | (1 << 1) | (2 << 2) | (3 << 17)) >>> 0, t];
const last = 2 ** 31 - 1;

describe('libcaer', () => {
  it('adds the wrap of the 31-bit clock inside a packet', () => {
    const { rows, counters } = decodeAll(libcaer, words32(...at(last), ...at(4)), sensor);
    expect(rows.map(([t]) => t)).toEqual([last, 2 ** 31 + 4]);
    expect(counters.wraps).toBe(1);
  });

  it('leaves the wrap between packets to their time base', () => {
    const decoder = libcaer.start(sensor);
    const base = 1_702_306_974_272_224_018n;
    const us = 1_702_306_974_272_224;
    expect(rowsOf(decoder.push(words32(...at(last)), base)).map(([t]) => t)).toEqual([us + last]);
    expect(rowsOf(decoder.push(words32(...at(4)), base + 2n ** 31n * 1000n)).map(([t]) => t)).toEqual([us + 2 ** 31 + 4]);
  });

  it('skips records that are marked as not valid', () => {
    const { rows, counters } = decodeAll(libcaer, words32(...at(1, 0), ...at(2)), sensor);
    expect(rows).toEqual([[2, 3, 2, 1]]);
    expect(counters.otherWords).toBe(1);
  });
});
