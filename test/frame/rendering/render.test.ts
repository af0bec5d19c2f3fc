import { createHash } from 'node:crypto';
import { type Observable, lastValueFrom, map, of, toArray } from 'rxjs';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import type { Frame } from '../../../src/frame/frame.ts';
import { type RenderOptions, render } from '../../../src/frame/rendering/render.ts';
import type { AnyRenderer, Pixels, Renderer } from '../../../src/frame/renderer.ts';
import type { Reject } from '../../../src/stage/reject.ts';
import { countedItem } from '../../stage/items.ts';
import { marblesOfPromises, sleep } from '../../stage/marbles.ts';

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

describe('render in time', () => {
  /** Takes a millisecond for every 1000 µs at which the window starts. */
  const slow: Renderer<Promise<Pixels>> = {
    ...grey,
    async draw(item) {
      await sleep(item.start / 1000);
      return grey.draw(item);
    },
  };
  const fails: Renderer<Promise<Pixels>> = {
    ...slow,
    async draw(item) {
      await slow.draw(item);
      throw new Error('no ink');
    },
  };
  const taking = (ms: number, over: Partial<EventWindow> = {}): EventWindow => ({ ...window(16), start: ms * 1000, ...over });
  const quiet = taking(5, { count: 1 });
  const drawn = (windows: Observable<EventWindow>, options: RenderOptions, renderer: AnyRenderer = slow): Observable<string> =>
    windows.pipe(
      render(renderer, { quietBelow: 0.5, ...options }),
      map(({ sensor, window: { start }, image }) => `${sensor} ${start / 1000}${image ? '' : ' quiet'}`),
    );

  it('keeps the order of windows with `concurrency` 1, and draws so many at once', () =>
    marblesOfPromises(({ cold, expectObservable }) => {
      const windows = { a: taking(5), b: taking(1), c: taking(2) };
      const frames = { a: 'cam 5', b: 'cam 1', c: 'cam 2' };
      expectObservable(drawn(cold('abc|', windows), { concurrency: 1 })).toBe('-----ab-(c|)', frames);
      expectObservable(drawn(cold('abc|', windows), { concurrency: 2 })).toBe('--b-c(a|)', frames);
    }));

  it('passes a quiet window on at once: only the windows before it hold it up, with `concurrency` 1', () =>
    marblesOfPromises(({ cold, expectObservable }) => {
      const windows = { q: quiet, a: taking(5) };
      const frames = { q: 'cam 5 quiet', a: 'cam 5' };
      expectObservable(drawn(cold('q-aq|', windows), { concurrency: 2 })).toBe('q--q---(a|)', frames);
      expectObservable(drawn(cold('q-aq|', windows), { concurrency: 1 })).toBe('q------(aq|)', frames);
    }));

  it('draws for each sensor apart: a slow window of one holds up no other', () =>
    marblesOfPromises(({ cold, expectObservable }) => {
      const windows = { a: taking(5), x: taking(1, { sensor: 'other' }) };
      expectObservable(drawn(cold('ax--|', windows), { concurrency: 1 })).toBe('--x--(a|)', { a: 'cam 5', x: 'other 1' });
    }));

  it('lets a window that cannot be drawn leave by `reject`, and the others go on', async () => {
    const left: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }, now) => {
      const reject: Reject = async (stage, item, cause) => void left.push(`${stage} ${(cause as Error).message} at ${now()}`);
      const windows = { q: quiet, a: taking(2) };
      expectObservable(drawn(cold('q-a-q-q-|', windows), { concurrency: 1, reject }, fails)).toBe('q---q-q-|', { q: 'cam 5 quiet' });
      expectObservable(drawn(cold('q-a-q-q-|', windows), { concurrency: 1 }, fails)).toBe(
        'q---#',
        { q: 'cam 5 quiet' },
        new Error('no ink'),
      );
    });
    expect(left).toEqual(['render no ink at 4']);
  });

  it('errors for a wrong configuration, which would reject every window', () =>
    marblesOfPromises(({ cold, expectObservable }) => {
      const reject = async (): Promise<void> => {};
      const needsHistory = { ...slow, horizonUs: 500 };
      const error = expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('{ horizonUs: 500 }') });
      expectObservable(drawn(cold('-a-|', { a: taking(1) }), { reject }, needsHistory)).toBe('-#', undefined, error);
    }));
});
