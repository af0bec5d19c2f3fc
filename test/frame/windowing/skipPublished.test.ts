import { lastValueFrom, map, of, tap, toArray } from 'rxjs';
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
    expect(passed.map(({ start }) => start)).toEqual([9]);
    expect([done.acks(), fresh.acks()]).toEqual([1, 0]);
    passed[0]!.ack();
    expect(fresh.acks()).toBe(1);
  });

  it('knows a window by the place and the end that version 0.1.0 knew it by (issue 11)', async () => {
    const [done, longer] = [window(0), { ...window(0), end: 2000 }];
    const passed = await lastValueFrom(
      of(done, longer).pipe(
        skipPublished((_id, { place, endUs }) => place === placeId(done) && endUs === done.end),
        toArray(),
      ),
    );
    expect(passed.map(({ end }) => end)).toEqual([2000]);
    expect(done.acks()).toBe(1);
  });

  it('passes on one of two windows with the same events, and acks both when that one is safe (issue 11)', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const windows = { a: window(0), b: window(9), c: window(0) };
      const passed: EventWindow[] = [];
      const once = cold('a-b-c|', windows).pipe(
        skipPublished(() => false),
        tap((one) => passed.push(one)),
        map(({ start }) => start),
      );
      expectObservable(once).toBe('0-9--|', { 0: 0, 9: 9 });
      flush();
      const acks = (): number[] => [windows.a.acks(), windows.b.acks(), windows.c.acks()];
      expect(acks()).toEqual([0, 0, 0]);
      passed[0]!.ack();
      expect(acks()).toEqual([1, 0, 1]);
    });
  });

  it('passes each window on at once, and all of them where the sink cannot say what it has', () => {
    marbles(({ cold, expectObservable }) => {
      const windows = { a: window(0), b: window(1000), c: window(2000) };
      const isPublished = (id: string): boolean => id === windowId(windows.b);
      const passed = (diagram: string, by?: typeof isPublished) =>
        cold(diagram, windows).pipe(
          skipPublished(by),
          map(({ start }) => start),
        );
      const starts = { a: 0, b: 1000, c: 2000 };
      expectObservable(passed('a-b-c|', isPublished)).toBe('a---c|', starts);
      expectObservable(passed('a-b-c|')).toBe('a-b-c|', starts);
      expectObservable(passed('a-b-#', isPublished)).toBe('a---#', starts);
    });
  });

  it('asks about a window when it comes: what this run has published by then is skipped too', () => {
    marbles(({ cold, expectObservable }) => {
      const again = window(0);
      const published = new Set<string>();
      cold('--p').subscribe(() => published.add(windowId(again)));
      const passed = cold('a--a|', { a: again }).pipe(
        skipPublished((id) => published.has(id)),
        map(({ start }) => start),
      );
      expectObservable(passed).toBe('a---|', { a: 0 });
    });
  });
});
