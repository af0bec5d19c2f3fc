import { createHash } from 'node:crypto';
import { lastValueFrom, of, toArray } from 'rxjs';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import type { Frame } from '../../../src/frame/frame.ts';
import { render } from '../../../src/frame/rendering/render.ts';
import type { Renderer } from '../../../src/frame/renderer.ts';
import { skipPublished } from '../../../src/frame/windowing/skipPublished.ts';
import { windowId } from '../../../src/frame/windowing/windowId.ts';
import { countedItem, position } from '../../stage/items.ts';

const window = (count: number, size = 4): EventWindow & { acks: () => number } =>
  countedItem({
    start: 0,
    end: 1000,
    closedBy: 'time' as const,
    width: size,
    height: size,
    slices: [],
    history: [],
    count,
    on: 0,
    capturedAtUs: 0,
  });

const grey: Renderer = {
  name: 'grey',
  params: { level: 7 },
  legend: 'Grey.',
  draw: ({ width, height }) => ({ width, height, channels: 1, data: new Uint8Array(width * height).fill(7) }),
};
const draw = (renderer: Renderer, item: EventWindow, reject = vi.fn(async () => {})): Promise<Frame[]> =>
  lastValueFrom(of(item).pipe(render(renderer, { quietBelow: 0.5, concurrency: 1, reject }), toArray()));

describe('render', () => {
  it('makes a PNG of the pixels, with its digest and what drew it', async () => {
    const [frame] = await draw(grey, window(16));
    const { bytes, sha256, mediaType, width } = frame!.image!;
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect([mediaType, width]).toEqual(['image/png', 4]);
    const { data } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(new Set(data)).toEqual(new Set([7]));
    expect(frame!.renderer).toEqual({ name: 'grey', params: { level: 7 }, legend: 'Grey.' });
  });

  it('makes the same bytes of the same window', async () => {
    const [first] = await draw(grey, window(16));
    const [second] = await draw(grey, window(16));
    expect(first!.image!.sha256).toBe(second!.image!.sha256);
  });

  it('leaves a quiet window without a picture: fewer events per pixel than asked for', async () => {
    expect((await draw(grey, window(7)))[0]!.image).toBeUndefined();
    expect((await draw(grey, window(8)))[0]!.image).toBeDefined();
  });

  it('rejects a window that cannot be drawn', async () => {
    const broken: Renderer = {
      ...grey,
      draw: () => {
        throw new Error('no ink');
      },
    };
    const reject = vi.fn(async () => {});
    expect(await draw(broken, window(16), reject)).toEqual([]);
    expect(reject).toHaveBeenCalledExactlyOnceWith(
      'render',
      expect.anything(),
      new Error('no ink'),
      expect.objectContaining({ id: expect.any(String) }),
    );
  });

  it('says what to do about a window without geometry', async () => {
    const reject = vi.fn(async () => {});
    await draw(grey, window(16, 0), reject);
    expect(reject).toHaveBeenCalledWith(
      'render',
      expect.anything(),
      expect.objectContaining({ message: expect.stringContaining('give width and height') }),
      expect.anything(),
    );
  });
});

describe('windowId', () => {
  it('is the same for the same window, and another for another start, sensor or source', () => {
    const one = { sensor: 'a', start: 5, position: position(3) };
    expect(windowId(one)).toMatch(/^[0-9a-f]{24}$/);
    expect(windowId({ ...one })).toBe(windowId(one));
    const others = [
      { ...one, start: 6 },
      { ...one, sensor: 'b' },
      { ...one, position: position(4) },
      { ...one, position: { ...position(3), source: 'x' } },
    ];
    expect(new Set([one, ...others].map(windowId)).size).toBe(5);
  });
});

describe('skipPublished', () => {
  it('acks and drops what a run before has finished', async () => {
    const [done, fresh] = [window(1), { ...window(2), start: 9 }];
    const passed = await lastValueFrom(
      of(done, fresh).pipe(
        skipPublished((id) => id === windowId(done)),
        toArray(),
      ),
    );
    expect(passed).toEqual([fresh]);
    expect([done.acks(), fresh.acks()]).toEqual([1, 0]);
  });
});
