import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { EventWindow } from '../../../src/frame/eventWindow.ts';
import { placeId } from '../../../src/frame/windowing/placeId.ts';
import { skipPublished } from '../../../src/frame/windowing/skipPublished.ts';
import { windowId } from '../../../src/frame/windowing/windowId.ts';
import { countedItem } from '../../stage/items.ts';
import { marbles } from '../../stage/marbles.ts';

const window = (start: number): EventWindow & { acks: () => number } =>
  countedItem({
    start,
    end: start + 1000,
    closedBy: 'time' as const,
    width: 4,
    height: 4,
    slices: [],
    history: [],
    count: 1,
    on: 0,
    capturedAtUs: 0,
  });

describe('skipPublished', () => {
  it('acks and drops what a run before has finished', async () => {
    const [done, fresh] = [window(0), window(9)];
    const passed = await lastValueFrom(
      of(done, fresh).pipe(
        skipPublished((id) => id === windowId(done)),
        toArray(),
      ),
    );
    expect(passed).toEqual([fresh]);
    expect([done.acks(), fresh.acks()]).toEqual([1, 0]);
  });

  it('knows a window by the id that versions up to 0.1.0 gave it (issue 11)', async () => {
    const [done, fresh] = [window(0), window(9)];
    const passed = await lastValueFrom(
      of(done, fresh).pipe(
        skipPublished((id) => id === placeId(done)),
        toArray(),
      ),
    );
    expect(passed).toEqual([fresh]);
    expect(done.acks()).toBe(1);
  });

  it('passes each window on at once, and all of them where the sink cannot say what it has', () => {
    marbles(({ cold, expectObservable }) => {
      const windows = { a: window(0), b: window(1000), c: window(2000) };
      const isPublished = (id: string): boolean => id === windowId(windows.b);
      expectObservable(cold('a-b-c|', windows).pipe(skipPublished(isPublished))).toBe('a---c|', windows);
      expectObservable(cold('a-b-c|', windows).pipe(skipPublished(undefined))).toBe('a-b-c|', windows);
      expectObservable(cold('a-b-#', windows).pipe(skipPublished(isPublished))).toBe('a---#', windows);
    });
  });

  it('asks about a window when it comes: what this run has published by then is skipped too', () => {
    marbles(({ cold, expectObservable }) => {
      const again = window(0);
      const published = new Set<string>();
      cold('--p').subscribe(() => published.add(windowId(again)));
      expectObservable(cold('a--a|', { a: again }).pipe(skipPublished((id) => published.has(id)))).toBe('a---|', { a: again });
    });
  });
});
