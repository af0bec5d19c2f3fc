import type { Format } from '../decoder.ts';
import { END_OF_TIME_US } from '../events.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  libcaer_cmp word (16 bits, little endian): type in bits 15..12
    0 TIME_HIGH    t[23:12]
    1 TIME_LOW     t[11:0]
    2 ADDR_X       x[10:0]: the column of what follows
    3 ADDR_Y       y[10:0], bit 11: polarity          one event at x, y
    4 VECT_BASE_Y  y[10:0], bit 11: polarity          where the next vector begins
    5 VECT_8       mask[7:0]                          an event at base + i for each bit i; base += 8
  Time counts from the packet's time base, in µs; a packet begins at 0.
*/

const UNKNOWN = -1;

export const libcaerCmp: Format = {
  name: 'libcaer_cmp',
  start: (stream) => startRecords(stream, { size: 2, eventsPerRecord: 8 }, readLibcaerCmp),
};

function readLibcaerCmp({ counters, width, height }: RecordStream): RecordReader {
  let base: bigint | undefined;
  let [baseUs, high, low] = [0, 0, 0];
  let [column, row, polarity] = [UNKNOWN, UNKNOWN, 0];

  const rebase = (timeBaseNs: bigint): void => {
    base = timeBaseNs;
    baseUs = Number(timeBaseNs / 1000n);
    [high, low] = [0, 0];
  };

  return {
    read(bytes, { t, x, y, p }, timeBaseNs) {
      if (timeBaseNs !== base) rebase(timeBaseNs);
      const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
      let n = 0;
      const emit = (atRow: number, on: number): void => {
        const time = baseUs + high * 4096 + low;
        if (column >= width || atRow >= height || time >= END_OF_TIME_US) counters.outOfRange++;
        else {
          t[n] = time;
          x[n] = column;
          y[n] = atRow;
          p[n++] = on;
        }
      };
      for (const word of words) {
        const type = word >>> 12;
        const value = word & 0x7ff;
        if (type === 3) {
          if (column === UNKNOWN) counters.orphanWords++;
          else emit(value, (word >>> 11) & 1);
        } else if (type === 2) column = value;
        else if (type === 5) {
          if (column === UNKNOWN || row === UNKNOWN) counters.orphanWords++;
          else for (let i = 0; i < 8; i++) if ((word >>> i) & 1) emit(row + i, polarity);
          if (row !== UNKNOWN) row += 8;
        } else if (type === 4) [row, polarity] = [value, (word >>> 11) & 1];
        else if (type === 1) low = word & 0xfff;
        else if (type === 0) high = word & 0xfff;
        else counters.unknownWords++;
      }
      return n;
    },
    gap() {
      [column, row] = [UNKNOWN, UNKNOWN];
    },
    clockUs() {
      const time = baseUs + high * 4096 + low;
      return base === undefined || time >= END_OF_TIME_US ? Number.NaN : time;
    },
  };
}
