import type { Detected, Format } from '../decoder.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  N-MNIST and N-Caltech101 file: records of 5 bytes, big endian, no header
    u8 x, u8 y, u24: polarity[23], t[22:0] (µs)
    y = 240 is no event: all times after it are 2^13 µs later
  The file has no header: it is recognised by times that do not go back.
*/

const SIZE = 5;
const OVERFLOW_ROW = 240;
const OVERFLOW_US = 2 ** 13;
/** So many records in order of time are no accident; fewer could be. */
const RECORDS_TO_TELL = 16;
const LONGEST_SAMPLE_US = 2 ** 20;

export const nmnist: Format = {
  name: 'nmnist',
  withoutTriggers: true,
  detect: detectNmnist,
  start: (stream) => startRecords(stream, { size: SIZE }, readNmnist),
};

function detectNmnist(head: Uint8Array): Detected | undefined {
  // A head of full length is the beginning of a longer file, whose length is not known.
  if (head.length < 65_536 && head.length % SIZE !== 0) return undefined;
  const count = Math.floor(head.length / SIZE);
  if (count < RECORDS_TO_TELL) return undefined;
  let last = -1;
  let [xMax, yMax] = [0, 0];
  for (let at = 0; at < count * SIZE; at += SIZE) {
    const time = ((head[at + 2]! & 0x7f) << 16) | (head[at + 3]! << 8) | head[at + 4]!;
    if (head[at + 1] === OVERFLOW_ROW) {
      last -= OVERFLOW_US;
      continue;
    }
    if (time < last || time > LONGEST_SAMPLE_US) return undefined;
    last = time;
    xMax = Math.max(xMax, head[at]!);
    yMax = Math.max(yMax, head[at + 1]!);
  }
  if (yMax >= OVERFLOW_ROW) return undefined;
  const geometryFrom = 'convention (none in the file)';
  if (xMax < 34 && yMax < 34) return { headerBytes: 0, width: 34, height: 34, geometryFrom };
  return { headerBytes: 0, width: 240, height: OVERFLOW_ROW, geometryFrom };
}

function readNmnist({ counters, width, height }: RecordStream): RecordReader {
  let offset = 0;
  let last = Number.NaN;
  return {
    read(bytes, { t, x, y, p }) {
      let n = 0;
      for (let at = 0; at < bytes.length; at += SIZE) {
        const column = bytes[at]!;
        const row = bytes[at + 1]!;
        if (row === OVERFLOW_ROW) {
          offset += OVERFLOW_US;
          counters.wraps++;
          continue;
        }
        const time = offset + (((bytes[at + 2]! & 0x7f) << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!);
        if (time < last) counters.timeBackward++;
        last = time;
        if (column >= width || row >= height) counters.outOfRange++;
        else {
          t[n] = time;
          x[n] = column;
          y[n] = row;
          p[n++] = bytes[at + 2]! >>> 7;
        }
      }
      return n;
    },
    clockUs: () => last,
  };
}
