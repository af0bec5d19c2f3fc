import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { consume } from '../../../src/consume/consume.ts';
import { type RecordingOptions, recording } from '../../../src/consume/sources/recording.ts';
import { decode } from '../../../src/decode/decode.ts';
import { fixedCount } from '../../../src/frame/windows/fixedCount.ts';
import { mixed } from '../../../src/frame/windows/mixed.ts';
import { sliding } from '../../../src/frame/windows/sliding.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import type { Windowing } from '../../../src/frame/windowing/windowing.ts';
import { windows } from '../../../src/frame/windowing/windows.ts';
import { type Sample, samples } from '../../decode/samples.ts';
import type { Row } from '../../decode/support.ts';

async function idsOf(options: RecordingOptions, windowing: Windowing): Promise<string[]> {
  const cut = await lastValueFrom(consume(recording(options)).pipe(decode(), windows(windowing), toArray()));
  return cut.map(({ id }) => id!);
}

const windowings = [
  tumbling({ everyMs: 3 }),
  sliding({ everyMs: 2, lengthMs: 5 }),
  mixed({ everyMs: 5, orEvents: 40 }),
  fixedCount({ events: 33, lateAfterMs: 1 }),
];

/** Events in order of time, some of them in the same microsecond. */
const rowsOf = ({ width, height }: Sample): Row[] =>
  Array.from({ length: 900 }, (_, i): Row => [1000 + (i >> 2) * 97, (i * 7) % width, (i * 5) % height, (i >> 1) & 1]);

const files = samples.filter(({ file }) => file !== undefined);

describe('the windows of a recording', () => {
  it.each(files)('have the same ids in another folder, under another name and in packets of any size: $name (issue 11)', async (sample) => {
    const { width, height, file } = sample;
    const folder = await mkdtemp(join(tmpdir(), 'ids-'));
    const [here, there] = [join(folder, 'cam.raw'), join(folder, 'elsewhere', 'other.raw')];
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(here, file!(rowsOf(sample)));
    await copyFile(here, there);
    const options = { file: here, format: sample.name, width, height, sensor: 'cam' };
    for (const windowing of windowings) {
      const ids = await idsOf(options, windowing);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(3);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 40, max: 9000 }), async (packetBytes) => {
          expect(await idsOf({ ...options, file: there, packetBytes }, windowing)).toEqual(ids);
        }),
        { numRuns: 8 },
      );
    }
  });
});
