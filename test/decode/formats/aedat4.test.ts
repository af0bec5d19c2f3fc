import { describe, expect, it } from 'vitest';
import { inspect } from '../../../src/cli/commands/inspect.ts';
import { aedat4 } from '../../../src/decode/formats/aedat4.ts';
import { UNIX_US, aedat4File, lz4Stored, zstd } from '../samples.ts';
import { type Row, decodeAll, hasRecordings, recordings, rowsOf } from '../support.ts';

const rows = Array.from({ length: 120 }, (_, i): Row => [i * 10, i % 640, i % 480, i & 1]);
const truth = rows.map(([t, x, y, p]): Row => [t + UNIX_US, x, y, p]);
const unknown = { width: 0, height: 0 };

describe('aedat4', () => {
  it.each([
    ['LZ4', lz4Stored],
    ['Zstandard', zstd],
    ['nothing', (content: Uint8Array) => content],
  ])('reads packets packed with %s, and compares them with the table of the file', (_, pack) => {
    const decoder = aedat4.start(unknown);
    expect(rowsOf(decoder.push(aedat4File(rows, pack)))).toEqual(truth);
    decoder.end();
    expect(decoder).toMatchObject({ width: 640, height: 480 });
    expect(decoder.extras).toMatchObject({ frames: 3, indexedEvents: 120 });
    expect(decoder.counters).toMatchObject({ triggers: 3, leftoverBytes: 0, unknownWords: 0 });
  });

  it('reads a file that was not closed, up to its torn end', () => {
    const file = aedat4File(rows, lz4Stored, false);
    expect(decodeAll(aedat4, file, unknown).rows).toEqual(truth);
    const torn = decodeAll(aedat4, file.subarray(0, file.length - 300), unknown);
    expect(torn.rows).toEqual(truth.slice(0, 100));
    expect(torn.counters.leftoverBytes).toBeGreaterThan(0);
  });

  it('finds the next packet after an impossible header', () => {
    const file = aedat4File(rows, lz4Stored, false);
    const first = file.indexOf(0x184d2204 & 255, 400);
    file[first - 1] = 0x7f;
    const { rows: found, counters } = decodeAll(aedat4, file, unknown);
    expect(found).toEqual(truth.slice(50));
    expect(counters).toMatchObject({ gaps: 1 });
  });

  it('drops a packet that is damaged, and continues after it', () => {
    const file = aedat4File(rows, zstd);
    const first = file.indexOf(0x28, 400);
    file[first + 9] = 0xff;
    const { rows: found, counters } = decodeAll(aedat4, file, unknown);
    expect(found).toEqual(truth.slice(50));
    expect(counters).toMatchObject({ unknownWords: 1, gaps: 1 });
  });

  it.skipIf(!hasRecordings)('counts the frames and samples of a real file, and agrees with its table', async () => {
    const { extras } = (await inspect(`${recordings}davis346_bench.aedat4`, { packetBytes: 65_536 })) as { extras?: object };
    expect(extras).toEqual({ frames: 3, imuSamples: 130, otherStreamEvents: 0, indexedEvents: 117_667 });
  });
});
