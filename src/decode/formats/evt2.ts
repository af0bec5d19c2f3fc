import type { Decoder, Format, StreamInfo } from '../decoder.ts';
import { detectRaw } from '../propheseeHeader.ts';
import { type RecordReader, type RecordStream, startRecords } from '../recordDecoder.ts';
import { makeTimeHigh } from '../timeHigh.ts';

/*
  EVT2 word (32 bits, little endian): type in bits 31..28
    0 CD_OFF, 1 CD_ON  t[27:22] low part, x[21:11], y[10:0]
    8 TIME_HIGH        t[33:6] in bits 27..0
    A EXT_TRIGGER      t[27:22], id[12:8], value[0]
    D IMU, E OTHERS, F their continuation; the rest is not defined
  https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html
*/

export const evt2: Format = {
  name: 'evt2',
  detect: (head) => detectRaw(head, 'evt2'),
  start: startEvt2,
};

/** The reference: plain JavaScript. Faster kernels are tested against it. */
export function startEvt2(stream: StreamInfo): Decoder {
  return startRecords(stream, { size: 4 }, readEvt2);
}

function readEvt2({ counters, width, height, nearUs }: RecordStream): RecordReader {
  const time = makeTimeHigh({ bits: 28, stepUs: 64, backSteps: 2 ** 27, counters, nearUs });
  let low = 0;
  let clockUs = Number.NaN;

  return {
    read(bytes, { t, x, y, p }) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      let high = time.known ? time.high * 64 : Number.NaN;
      let n = 0;
      let outOfRange = 0;
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!;
        const type = word >>> 28;
        if (type < 2) {
          const column = (word >>> 11) & 0x7ff;
          const row = word & 0x7ff;
          if (column >= width || row >= height) outOfRange++;
          else {
            low = (word >>> 22) & 63;
            t[n] = high + low;
            x[n] = column;
            y[n] = row;
            p[n] = type;
            // While the time is unknown, an event is overwritten by the next one.
            if (time.known) n++;
            else counters.orphanWords++;
          }
        } else if (type === 8) {
          if (time.feed(word & 0x0fff_ffff)) low = 0;
          high = time.high * 64;
        } else if (type === 0xa) counters.triggers++;
        else if (type >= 0xd) counters.otherWords++;
        else counters.unknownWords++;
      }
      counters.outOfRange += outOfRange;
      if (time.known) clockUs = high + low;
      return n;
    },
    gap: () => time.gap(),
    clockUs: () => clockUs,
  };
}
