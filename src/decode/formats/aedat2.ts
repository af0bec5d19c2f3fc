import type { Detected, Format } from '../decoder.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  AEDAT 2 file (jAER)
    lines that begin with "#" and end with CR LF, the first "#!AER-DAT2.0"
    records, big endian: u32 address, u32 t (µs, wraps after 71.6 min)
      DAVIS   bit 31: sample of a frame, bit 10: special; y[30:22], x[21:12], polarity[11], from the lower right corner
      DVS128  x[14:8], y[7:1], polarity[0]
  Only a comment names the sensor.
*/

const WRAP = 2 ** 32;
const CHIPS: readonly (readonly [RegExp, number, number])[] = [
  [/davis_?346|davis346/i, 346, 260],
  [/davis_?240|davis240/i, 240, 180],
  [/dvs_?128|dvs128/i, 128, 128],
];

export const aedat2: Format = {
  name: 'aedat2',
  detect: detectAedat2,
  start: (stream) => startRecords(stream, { size: 8 }, readAedat2),
};

function detectAedat2(head: Uint8Array): Detected | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (!text.startsWith('#!AER-DAT2')) return undefined;
  // Data may begin with "#" by accident: a line of the header is readable to its end.
  const header = /^(?:#[\t\x20-\x7e\x80-\xff]*\r?\n)*/.exec(text)?.[0] ?? '';
  const [, width = 0, height = 0] = CHIPS.find(([name]) => name.test(header)) ?? [];
  return {
    headerBytes: header.length,
    width,
    height,
    geometryFrom: width > 0 ? 'chip named in the header' : 'no known chip in the header',
  };
}

function readAedat2({ counters, width, height }: RecordStream): RecordReader {
  const isDvs128 = width === 128 && height === 128;
  let wraps = 0;
  let last = -1;

  return {
    read(bytes, { t, x, y, p }) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let n = 0;
      for (let at = 0; at < bytes.length; at += 8) {
        const address = view.getUint32(at);
        const time = view.getUint32(at + 4);
        if (time < last) {
          if (last - time > WRAP / 2) {
            wraps++;
            counters.wraps++;
          } else counters.timeBackward++;
        }
        last = time;
        if (!isDvs128 && (address >>> 31 !== 0 || (address & 0x400) !== 0)) {
          counters.otherWords++;
          continue;
        }
        const column = isDvs128 ? (address >>> 8) & 0x7f : width - 1 - ((address >>> 12) & 0x3ff);
        const row = isDvs128 ? (address >>> 1) & 0x7f : height - 1 - ((address >>> 22) & 0x1ff);
        if (column < 0 || row < 0) counters.outOfRange++;
        else {
          t[n] = time + wraps * WRAP;
          x[n] = column;
          y[n] = row;
          p[n++] = isDvs128 ? address & 1 : (address >>> 11) & 1;
        }
      }
      return n;
    },
    clockUs: () => (last < 0 ? Number.NaN : last + wraps * WRAP),
  };
}
