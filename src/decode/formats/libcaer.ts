import type { Format } from '../decoder.ts';
import { END_OF_TIME_US } from '../events.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  libcaer polarity record (8 bytes, little endian)
    u32 valid[0], polarity[1], y[16:2], x[31:17]
    i32 t (µs)
  In ROS EventPackets of the encoding "libcaer": ns = time_base + t * 1000. The 31-bit clock wraps after 35.8 min: the
  packets after it bring a time base that is larger by as much; inside a packet 2^31 µs are added.
*/

const WRAP = 2 ** 31;

export const libcaer: Format = {
  name: 'libcaer',
  start: (stream) => startRecords(stream, { size: 8 }, readLibcaer),
};

/** The latest time of a record that is before the end of time. */
const latestTime = (baseUs: number): number => Math.min(WRAP - 1, END_OF_TIME_US - baseUs - 1);

function readLibcaer({ counters, width, height }: RecordStream): RecordReader {
  let base: bigint | undefined;
  let baseUs = 0;
  let last = -1;
  let clockUs = Number.NaN;

  const rebase = (timeBaseNs: bigint): void => {
    // A new base has the wraps before it in it.
    base = timeBaseNs;
    baseUs = Number(timeBaseNs / 1000n);
    last = -1;
  };

  return {
    read(bytes, { t, x, y, p }, timeBaseNs) {
      if (timeBaseNs !== base) rebase(timeBaseNs);
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      let latest = latestTime(baseUs);
      let n = 0;
      for (let i = 0; i < words.length; i += 2) {
        const data = words[i]!;
        const time = words[i + 1]!;
        if ((data & 1) === 0) {
          counters.otherWords++;
          continue;
        }
        const row = (data >>> 2) & 0x7fff;
        const column = data >>> 17;
        if (time < 0 || time > latest || column >= width || row >= height) {
          counters.outOfRange++;
          continue;
        }
        if (time < last) {
          if (last - time > WRAP / 2) {
            baseUs += WRAP;
            latest = latestTime(baseUs);
            counters.wraps++;
          } else counters.timeBackward++;
        }
        last = time;
        t[n] = baseUs + time;
        x[n] = column;
        y[n] = row;
        p[n++] = (data >>> 1) & 1;
      }
      if (n > 0) clockUs = t[n - 1]!;
      return n;
    },
    clockUs: () => clockUs,
  };
}
