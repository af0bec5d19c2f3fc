import { bitsOf } from '../bitsOf.ts';
import type { Format } from '../decoder.ts';
import { detectRaw } from '../propheseeHeader.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';
import { makeTimeHigh } from '../timeHigh.ts';

/*
  EVT2.1 word (64 bits, little endian): type in bits 63..60
    0 EVT_NEG, 1 EVT_POS  t[59:54] low part, x[53:43], y[42:32], mask[31:0]: an event at x + i for each bit i
    8 TIME_HIGH           t[33:6] in bits 59..32
    A EXT_TRIGGER         t[59:54], id[44:40], value[32]
    E OTHERS, F CONTINUED; the rest is not defined
  In files of old systems ("endianness legacy") the two halves of a word are swapped.
  https://docs.prophesee.ai/stable/data/encoding_formats/evt21.html
*/

const format = (name: string, upper: 0 | 1): Format => ({
  name,
  detect: (head) => detectRaw(head, name),
  start: (stream) => startRecords(stream, { size: 8, eventsPerRecord: 32 }, (records) => readEvt21(records, upper)),
});

export const evt21: Format = format('evt21', 1);

/** The same with the upper half of each word first. */
export const evt21Legacy: Format = format('evt21Legacy', 0);

function readEvt21({ counters, width, height, nearUs }: RecordStream, upper: 0 | 1): RecordReader {
  const time = makeTimeHigh({ bits: 28, stepUs: 64, backSteps: 2 ** 27, counters, nearUs });
  let clockUs = Number.NaN;

  return {
    read(bytes, { t, x, y, p }) {
      const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      let n = 0;
      for (let i = 0; i < halves.length; i += 2) {
        const word = halves[i + upper]!;
        const type = word >>> 28;
        if (type < 2) {
          const mask = halves[i + 1 - upper]!;
          const base = (word >>> 11) & 0x7ff;
          const row = word & 0x7ff;
          const room = Math.max(0, width - base);
          const inside = row >= height ? 0 : room >= 32 ? mask : (mask & (2 ** room - 1)) >>> 0;
          if (!time.known) counters.orphanWords++;
          else {
            const now = time.high * 64 + ((word >>> 22) & 63);
            clockUs = now;
            const first = n;
            for (let rest = inside; rest !== 0; rest &= rest - 1) {
              t[n] = now;
              x[n] = base + 31 - Math.clz32(rest & -rest);
              y[n] = row;
              p[n++] = type;
            }
            if (inside !== mask) counters.outOfRange += bitsOf(mask) - (n - first);
          }
        } else if (type === 8) {
          if (time.feed(word & 0x0fff_ffff)) clockUs = time.high * 64;
        } else if (type === 0xa) counters.triggers++;
        else if (type >= 0xd) counters.otherWords++;
        else counters.unknownWords++;
      }
      return n;
    },
    gap: (backToUs) => time.gap(backToUs),
    clockUs: () => clockUs,
  };
}
