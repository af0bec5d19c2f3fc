import type { Events } from '../events.ts';
import type { EncodeOptions } from '../encodeOptions.ts';

const TIME_HIGH = 0x8 << 28;

/**
 * The bytes of EVT2 for these events, in their order; `decode/formats/evt2.ts` reads them back.
 * Time is kept to 34 bits: a decoder sees the rest only as wraps.
 */
export function encodeEvt2({ length, t, x, y, p }: Events, { sinceUs, untilUs }: EncodeOptions = {}): Uint8Array {
  const words = new Uint32Array(2 * length + 2);
  let n = 0;
  let high = -1;
  const timeTo = (us: number): void => {
    const next = Math.floor(us / 64);
    if (next === high) return;
    high = next;
    words[n++] = TIME_HIGH | (high % 2 ** 28);
  };
  if (sinceUs !== undefined) timeTo(sinceUs);
  for (let i = 0; i < length; i++) {
    const time = t[i]!;
    timeTo(time);
    words[n++] = (p[i]! << 28) | ((time % 64) << 22) | (x[i]! << 11) | y[i]!;
  }
  if (untilUs !== undefined) timeTo(untilUs);
  return new Uint8Array(words.buffer, 0, n * 4);
}
