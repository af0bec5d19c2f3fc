import type { Events } from '../events.ts';
import type { EncodeOptions } from '../encodeOptions.ts';

const ADDR_X = 0x2000;
const VECT_BASE_X = 0x3000;
const VECT_12 = 0x4000;
const VECT_8 = 0x5000;
const TIME_LOW = 0x6000;
const TIME_HIGH = 0x8000;
/** TIME_HIGH wraps after 4096 steps, so a reader that sees no word for half of them cannot tell where it is. */
const STEPS_WITHOUT_WORD = 2047;
/** A run of fewer events than this costs less without a vector. */
const VECTOR_PAYS = 4;

/**
 * The bytes of EVT3 for these events, in their order; `decode/formats/evt3.ts` reads them back. Neighbours of one
 * row, polarity and time become vectors. Time is kept to 24 bits: a decoder sees the rest only as wraps.
 */
export function encodeEvt3(events: Events, { sinceUs, untilUs }: EncodeOptions = {}): Uint8Array {
  const { length, t, x, y, p } = events;
  let words = new Uint16Array(length * 3 + 64);
  let n = 0;
  let high = -1;
  let low = -1;
  let row = -1;

  const timeTo = (us: number): void => {
    const next = Math.floor(us / 4096);
    while (high !== next) {
      high = high < 0 || next < high ? next : Math.min(next, high + STEPS_WITHOUT_WORD);
      if (n + 64 > words.length) words = grown(words);
      words[n++] = TIME_HIGH | (high % 4096);
      low = 0;
      // The first low part is needed even if it is 0: without it a reader does not know the time.
      if (n === 1) low = -1;
    }
    if (low === us % 4096) return;
    low = us % 4096;
    words[n++] = TIME_LOW | low;
  };

  if (sinceUs !== undefined) timeTo(sinceUs);
  for (let i = 0; i < length;) {
    if (n + 64 > words.length) words = grown(words);
    timeTo(t[i]!);
    if (y[i] !== row) {
      row = y[i]!;
      words[n++] = row;
    }
    const base = x[i]!;
    const end = endOfRun(events, i);
    if (end - i < VECTOR_PAYS) {
      for (; i < end; i++) words[n++] = ADDR_X | (p[i]! << 11) | x[i]!;
      continue;
    }
    words[n++] = VECT_BASE_X | (p[i]! << 11) | base;
    let mask = 0;
    for (; i < end; i++) mask |= 1 << (x[i]! - base);
    words[n++] = VECT_12 | (mask & 0xfff);
    words[n++] = VECT_12 | ((mask >>> 12) & 0xfff);
    words[n++] = VECT_8 | (mask >>> 24);
  }
  if (untilUs !== undefined) timeTo(untilUs);
  return new Uint8Array(words.buffer, 0, n * 2);
}

/** The end of the events from `start` on that one 32-pixel vector can hold: same time, row and polarity, to the right. */
function endOfRun({ length, t, x, y, p }: Events, start: number): number {
  let i = start + 1;
  while (i < length && t[i] === t[start] && y[i] === y[start] && p[i] === p[start] && x[i]! > x[i - 1]! && x[i]! < x[start]! + 32) i++;
  return i;
}

function grown(words: Uint16Array): Uint16Array<ArrayBuffer> {
  const more = new Uint16Array(words.length * 2);
  more.set(words);
  return more;
}
