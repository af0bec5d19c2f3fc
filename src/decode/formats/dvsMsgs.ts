import type { Format } from '../decoder.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  Events of ROS 1 dvs_msgs/EventArray, 13 bytes each, little endian
    u16 x, u16 y, u32 s, u32 ns, u8 polarity
*/

const SIZE = 13;

export const dvsMsgs: Format = {
  name: 'dvs_msgs',
  withoutTriggers: true,
  start: (stream) => startRecords(stream, { size: SIZE }, readDvsMsgs),
};

function readDvsMsgs({ counters, width, height }: RecordStream): RecordReader {
  let clockUs = Number.NaN;
  return {
    read(bytes, { t, x, y, p }) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let n = 0;
      for (let at = 0; at < bytes.length; at += SIZE) {
        const column = view.getUint16(at, true);
        const row = view.getUint16(at + 2, true);
        const nanoseconds = view.getUint32(at + 8, true);
        if (column >= width || row >= height || nanoseconds >= 1e9) {
          counters.outOfRange++;
          continue;
        }
        const time = view.getUint32(at + 4, true) * 1e6 + Math.floor(nanoseconds / 1000);
        if (time < clockUs) counters.timeBackward++;
        clockUs = time;
        t[n] = time;
        x[n] = column;
        y[n] = row;
        p[n++] = bytes[at + 12] === 0 ? 0 : 1;
      }
      return n;
    },
    clockUs: () => clockUs,
  };
}
