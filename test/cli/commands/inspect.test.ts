import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEvt3 } from '../../../src/decode/encoders/encodeEvt3.ts';
import { type Row, digestsOf, eventsOf } from '../../decode/support.ts';
import { saccade } from '../saccade.ts';

let folder: string;
let recording: string;
const rows = Array.from({ length: 5000 }, (_, i): Row => [1000 + i * 40, (i * 3) % 640, (i * 5) % 480, i % 3 === 0 ? 1 : 0]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-inspect-'));
  recording = join(folder, 'camera.raw');
  // One byte more than whole words: the file was cut off.
  await writeFile(
    recording,
    Buffer.concat([Buffer.from('% evt 3.0\n% geometry 640x480\n% end\n'), encodeEvt3(eventsOf(rows)), Buffer.of(7)]),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('inspect', () => {
  it('prints one JSON object with what the recording holds', async () => {
    const { code, stdout } = await saccade(['inspect', recording, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'evt3',
      width: 640,
      height: 480,
      geometryFrom: 'header',
      events: 5000,
      on: 1667,
      off: 3333,
      firstT: 1000,
      lastT: 1000 + 4999 * 40,
      durationUs: 4999 * 40,
      triggers: 0,
      backwardSteps: 0,
      digests: digestsOf(rows),
      counters: { leftoverBytes: 1, outOfRange: 0 },
    });
  });

  it('prints a table for people, with the rate over time and what was damaged', async () => {
    const { stdout } = await saccade(['inspect', recording]);
    expect(stdout).toMatch(/format +evt3\n/);
    expect(stdout).toMatch(/events +5,000; ON 1,667 \(33\.3 %\), OFF 3,333/);
    expect(stdout).toMatch(/counters +leftoverBytes 1\n/);
    expect(stdout).toMatch(/[▁-█]{20}/);
  });

  it('draws a contact sheet with a row for each renderer', async () => {
    const sheet = join(folder, 'sheet.png');
    const { code } = await saccade(['inspect', recording, '--sheet', sheet, '--renderers', 'polarity,timeSurface']);
    expect(code).toBe(0);
    const { width, height } = await sharp(await readFile(sheet)).metadata();
    expect(width).toBeGreaterThan(5 * 320);
    expect(height).toBeGreaterThan(2 * 240);
  });

  it('refuses a renderer that does not exist, and sizes that cannot be', async () => {
    expect(await saccade(['inspect', recording, '--sheet', join(folder, 'none.png'), '--renderers', 'crayon'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'crayon'"),
    });
    expect(await saccade(['inspect', recording, '--width', 'wide'])).toMatchObject({ code: 2, stderr: expect.stringContaining("'wide'") });
  });
});
