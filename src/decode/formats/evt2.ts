import { type Decoder, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { type EvtKernel, evtKernel } from '../kernels/evtKernel.ts';
import { type WordReader, startWords } from '../kernels/startWords.ts';
import { detectRaw } from '../propheseeHeader.ts';
import { makeTimeHigh } from '../timeHigh.ts';

/*
  EVT2 word (32 bits, little endian): type in bits 31..28
    0 CD_OFF, 1 CD_ON  t[27:22] low part, x[21:11], y[10:0]
    8 TIME_HIGH        t[33:6] in bits 27..0
    A EXT_TRIGGER      t[27:22], id[12:8], value[0]
    D IMU, E OTHERS, F their continuation; the rest is not defined
  https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html
*/

const ADDRESSES = 0x800;

export const evt2: Format = {
  name: 'evt2',
  detect: (head) => detectRaw(head, 'evt2'),
  start: (stream) => startEvt2(stream, evtKernel),
};

/** A decoder; without a kernel it is the reference, plain JavaScript, which the kernel is tested against. */
export const startEvt2 = (stream: StreamInfo, kernelOf?: () => EvtKernel | undefined): Decoder =>
  startWords(stream, readEvt2(stream), kernelOf);

function readEvt2({ width, height, nearUs }: StreamInfo): WordReader {
  const counters = noCounts();
  const time = makeTimeHigh({ bits: 28, stepUs: 64, backSteps: 2 ** 27, counters, nearUs });
  const maxX = width || ADDRESSES;
  const maxY = height || ADDRESSES;
  let low = 0;
  let clockUs = Number.NaN;

  return {
    format: 'evt2',
    counters,
    read(words, from, to, columns, before) {
      columns.reserve(before + to - from);
      const { t, x, y, p } = columns;
      let { known } = time;
      let high = known ? time.high * 64 : Number.NaN;
      let lowNow = low;
      let n = before;
      let outOfRange = 0;
      for (let i = from; i < to; i++) {
        const word = words[i]!;
        const type = word >>> 28;
        if (type < 2) {
          const column = (word >>> 11) & 0x7ff;
          const row = word & 0x7ff;
          if (column >= maxX || row >= maxY) outOfRange++;
          else if (known) {
            lowNow = (word >>> 22) & 63;
            t[n] = high + lowNow;
            x[n] = column;
            y[n] = row;
            p[n++] = type;
          } else counters.orphanWords++;
        } else if (type === 8) {
          if (time.feed(word & 0x0fff_ffff)) lowNow = 0;
          known = true;
          high = time.high * 64;
        } else if (type === 0xa) counters.triggers++;
        else if (type >= 0xd) counters.otherWords++;
        else counters.unknownWords++;
      }
      counters.outOfRange += outOfRange;
      low = lowNow;
      if (known) clockUs = high + low;
      return n;
    },
    settled: () => time.settled,
    save(kernel) {
      const high = time.high * 64;
      Object.assign(kernel, { highWord: 0x80000000 | (time.high % 2 ** 28), now: high + low, high });
    },
    restore({ now, high }) {
      low = now - high;
      clockUs = now;
      time.follow(high / 64);
    },
    gap: (backToUs) => time.gap(backToUs),
    clockUs: () => clockUs,
  };
}
