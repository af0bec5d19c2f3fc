import type { Detected, Format } from '../decoder.ts';
import { readPropheseeHeader, sizeOf } from '../propheseeHeader.ts';
import { type RecordReader, type RecordStream, startRecords } from '../startRecords.ts';

/*
  DAT file
    ASCII header ("% Version 2", "% Width 640", "% Height 480"; old files do not contain the size)
    u8 type: 0 or 12 CD events, 14 external triggers; u8 size of a record: 8
    records, little endian: u32 t (µs, wraps after 71.6 min), u32 data
      version 2: x[13:0], y[27:14], polarity[28]
      version 1: x[8:0], y[16:9], polarity[17]
  https://docs.prophesee.ai/stable/data/file_formats/dat.html
*/

const CD_TYPES = [0, 12];
const WRAP = 2 ** 32;

const format = (name: string, version: 1 | 2): Format => ({
  name,
  withoutTriggers: true,
  withoutGeometry: true,
  detect: (head) => detectDat(head, version),
  start: (stream) => startRecords(stream, { size: 8 }, (records) => readDat(records, version)),
});

/** Version 2. */
export const dat: Format = format('dat', 2);

/** Version 1, with the narrower fields of the first sensors. */
export const dat1: Format = format('dat1', 1);

function detectDat(head: Uint8Array, version: number): Detected | undefined {
  const { fields, bytes } = readPropheseeHeader(head);
  const type = head[bytes];
  if (bytes === 0 || head[bytes + 1] !== 8 || type === undefined || !CD_TYPES.includes(type)) return undefined;
  if (fields.has('evt') || fields.has('format')) return undefined;
  if ((fields.get('version') ?? '1').startsWith('2') !== (version === 2)) return undefined;
  const [width, height] = sizeOf(fields.get('width'), fields.get('height')) ?? [0, 0];
  return { headerBytes: bytes + 2, width, height, geometryFrom: width > 0 ? 'header' : 'none in the file' };
}

function readDat({ counters, width, height }: RecordStream, version: 1 | 2): RecordReader {
  const [bitsX, bitsY] = version === 2 ? [14, 14] : [9, 8];
  const [maskX, maskY] = [2 ** bitsX - 1, 2 ** bitsY - 1];
  let wraps = 0;
  let last = -1;

  return {
    read(bytes, { t, x, y, p }) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      let n = 0;
      for (let i = 0; i < words.length; i += 2) {
        const time = words[i]!;
        const data = words[i + 1]!;
        if (time < last) {
          if (last - time > WRAP / 2) {
            wraps++;
            counters.wraps++;
          } else counters.timeBackward++;
        }
        last = time;
        const column = data & maskX;
        const row = (data >>> bitsX) & maskY;
        if (column >= width || row >= height) counters.outOfRange++;
        else {
          t[n] = time + wraps * WRAP;
          x[n] = column;
          y[n] = row;
          p[n++] = (data >>> (bitsX + bitsY)) & 1;
        }
      }
      return n;
    },
    clockUs: () => (last < 0 ? Number.NaN : last + wraps * WRAP),
  };
}
