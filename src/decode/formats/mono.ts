import type { Format } from '../decoder.ts';
import { END_OF_TIME_US } from '../events.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  "mono" record of ROS EventPackets (64 bits, little endian)
    dt[31:0] (ns after the packet's time base), x[47:32], y[62:48], polarity[63]
*/

export const mono: Format = {
  name: 'mono',
  withoutTriggers: true,
  start: (stream) => startRecords(stream, { size: 8 }, readMono),
};

function readMono({ counters, width, height }: RecordStream): RecordReader {
  let clockUs = Number.NaN;
  return {
    read(bytes, { t, x, y, p }, timeBaseNs) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      const baseUs = Number(timeBaseNs / 1000n);
      const restNs = Number(timeBaseNs % 1000n);
      let n = 0;
      for (let i = 0; i < words.length; i += 2) {
        const data = words[i + 1]!;
        const column = data & 0xffff;
        const row = (data >>> 16) & 0x7fff;
        const time = baseUs + Math.floor((restNs + words[i]!) / 1000);
        if (column >= width || row >= height || time >= END_OF_TIME_US) counters.outOfRange++;
        else {
          if (time < clockUs) counters.timeBackward++;
          clockUs = time;
          t[n] = time;
          x[n] = column;
          y[n] = row;
          p[n++] = data >>> 31;
        }
      }
      return n;
    },
    clockUs: () => clockUs,
  };
}
