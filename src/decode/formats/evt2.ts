import { makeColumns } from '../columns.ts';
import { type DecodeCounters, type Decoder, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { detectRaw } from '../propheseeHeader.ts';
import { makeRecords } from '../records.ts';
import { makeTimeHigh } from '../timeHigh.ts';

/*
  EVT2 word (32 bits, little endian): type in bits 31..28
    0 CD_OFF, 1 CD_ON  t[27:22] low part, x[21:11], y[10:0]
    8 TIME_HIGH        t[33:6] in bits 27..0
    A EXT_TRIGGER      t[27:22], id[12:8], value[0]
    D IMU, E OTHERS, F their continuation; the rest is not defined
  https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html
*/

const WORDS = 0x800;

export const evt2: Format = {
  name: 'evt2',
  detect: (head) => detectRaw(head, 'evt2'),
  start: startEvt2,
};

/** The reference: plain JavaScript. Faster kernels are tested against it. */
export function startEvt2({ width, height }: StreamInfo): Decoder {
  const counters: DecodeCounters = noCounts();
  const time = makeTimeHigh({ bits: 28, stepUs: 64, backSteps: 2 ** 27, counters });
  const records = makeRecords(4);
  const columns = makeColumns();
  const maxX = width || WORDS;
  const maxY = height || WORDS;
  let clockUs = Number.NaN;

  const decodeWords = (words: Uint32Array): number => {
    columns.reserve(words.length);
    const { t, x, y, p } = columns;
    let high = time.known ? time.high * 64 : Number.NaN;
    let low = -1;
    let n = 0;
    let outOfRange = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const type = word >>> 28;
      if (type < 2) {
        const column = (word >>> 11) & 0x7ff;
        const row = word & 0x7ff;
        if (column >= maxX || row >= maxY) outOfRange++;
        else {
          low = (word >>> 22) & 63;
          t[n] = high + low;
          x[n] = column;
          y[n] = row;
          p[n] = type;
          // Before the first TIME_HIGH the event is overwritten by the next one.
          if (time.known) n++;
          else counters.orphanWords++;
        }
      } else if (type === 8) {
        if (time.feed(word & 0x0fff_ffff)) low = -1;
        high = time.high * 64;
      } else if (type === 0xa) counters.triggers++;
      else if (type >= 0xd) counters.otherWords++;
      else counters.unknownWords++;
    }
    counters.events += n;
    counters.outOfRange += outOfRange;
    if (time.known) clockUs = low < 0 ? high : high + low;
    return n;
  };

  return {
    push(bytes) {
      const whole = records.take(bytes);
      return columns.events(decodeWords(new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength / 4)));
    },
    gap() {
      counters.gaps++;
      counters.leftoverBytes += records.drop();
      time.gap();
    },
    end() {
      counters.leftoverBytes += records.drop();
      return columns.events(0);
    },
    counters,
    width,
    height,
    get clockUs() {
      return clockUs;
    },
  };
}
