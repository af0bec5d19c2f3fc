import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { contactSheet, wrapText } from '../../../src/cli/support/contactSheet.ts';
import { evt3Recording } from '../evt3Recording.ts';
import { saccade } from '../saccade.ts';

describe('contactSheet', () => {
  it('lays pictures out in rows, each at its place', async () => {
    const flat = (level: number) => ({
      picture: { width: 4, height: 2, channels: 1 as const, data: new Uint8Array(8).fill(level) },
      lines: ['x'],
    });
    const sheet = await contactSheet([[flat(10), flat(250)], [flat(100)]], { cellWidth: 40, cellHeight: 20, lines: 1 });
    const { data, info } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([12 + 2 * 52, 12 + 2 * 50]);
    const at = (x: number, y: number): number => data[(y * info.width + x) * info.channels]!;
    expect([at(30, 20), at(80, 20), at(30, 70)]).toEqual([10, 250, 100]);
  });

  it('breaks text at spaces and says when it left something out', () => {
    expect(wrapText('a disc moves to the left', 10, 3)).toEqual(['a disc', 'moves to', 'the left']);
    expect(wrapText('a disc moves to the left', 10, 2)).toEqual(['a disc', 'moves to…']);
  });
});

describe('inspect --sheet', () => {
  it('writes a row for each renderer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-sheet-'));
    const sheet = join(folder, 'sheet.png');
    const { code, stderr } = await saccade([
      'inspect',
      await evt3Recording(folder),
      '--sheet',
      sheet,
      '--renderers',
      'polarity,timeSurface',
    ]);
    expect([stderr, code]).toEqual(['', 0]);
    const { width, height } = await sharp(sheet).metadata();
    expect(width).toBe(12 + 6 * 332);
    expect(height).toBe(12 + 2 * (240 + 36 + 12));
  });

  it('names the renderers there are when asked for another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-sheet-'));
    const { code, stderr } = await saccade([
      'inspect',
      await evt3Recording(folder),
      '--sheet',
      join(folder, 's.png'),
      '--renderers',
      'oil',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no renderer 'oil'; there are dvAccumulator, .*eventCount, .*polarity, .*timeSurface/);
  });
});
