import type { Events } from '../events.ts';
import type { EncodeOptions } from '../encodeOptions.ts';

const TIME_HIGH = 0x8 << 28;

/**
 * The bytes of EVT2.1 for these events, in their order; `decode/formats/evt21.ts` reads them back. Neighbours in 32
 * aligned pixels of one row, polarity and time share a word.
 */
export function encodeEvt21({ length, t, x, y, p }: Events, { sinceUs, untilUs }: EncodeOptions = {}): Uint8Array {
  const halves = new Uint32Array(4 * length + 4);
  let n = 0;
  let high = -1;
  const timeTo = (us: number): void => {
    const next = Math.floor(us / 64);
    if (next === high) return;
    high = next;
    n++;
    halves[n++] = TIME_HIGH | (high % 2 ** 28);
  };
  if (sinceUs !== undefined) timeTo(sinceUs);
  for (let i = 0; i < length;) {
    const [time, row, polarity] = [t[i]!, y[i]!, p[i]!];
    const base = x[i]! & ~31;
    timeTo(time);
    let mask = 0;
    let last = -1;
    while (i < length && t[i] === time && y[i] === row && p[i] === polarity && x[i]! > last && x[i]! < base + 32) {
      last = x[i++]!;
      mask |= 1 << (last - base);
    }
    halves[n++] = mask;
    halves[n++] = (polarity << 28) | ((time % 64) << 22) | (base << 11) | row;
  }
  if (untilUs !== undefined) timeTo(untilUs);
  return new Uint8Array(halves.buffer, 0, n * 4);
}
