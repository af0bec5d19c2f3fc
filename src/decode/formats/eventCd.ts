import type { Format } from '../decoder.ts';
import { END_OF_TIME_US } from '../events.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  CD event of Metavision as it lies in memory and in HDF5 files, 16 bytes, little endian
    u16 x @0, u16 y @2, i16 polarity @4, i64 t (µs) @8
*/

const SIZE = 16;

export const eventCd: Format = {
  name: 'event_cd',
  withoutTriggers: true,
  start: (stream) => startRecords(stream, { size: SIZE }, readEventCd),
};

function readEventCd({ counters, width, height }: RecordStream): RecordReader {
  let clockUs = Number.NaN;
  return {
    read(bytes, { t, x, y, p }) {
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      let n = 0;
      for (let i = 0; i < words.length; i += 4) {
        const column = words[i]! & 0xffff;
        const row = words[i]! >>> 16;
        const time = words[i + 3]! * 2 ** 32 + (words[i + 2]! >>> 0);
        if (column >= width || row >= height || !(time >= 0 && time < END_OF_TIME_US)) {
          counters.outOfRange++;
          continue;
        }
        if (time < clockUs) counters.timeBackward++;
        clockUs = time;
        t[n] = time;
        x[n] = column;
        y[n] = row;
        p[n++] = (words[i + 1]! << 16) >> 16 > 0 ? 1 : 0;
      }
      return n;
    },
    clockUs: () => clockUs,
  };
}
