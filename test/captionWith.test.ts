import { type Observable, map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { captionWith } from '../src/captionWith.ts';
import type { Frame } from '../src/frame/frame.ts';
import type { Answer, Caption } from '../src/interpret/caption.ts';
import { pullMap } from '../src/stage/pullMap.ts';
import { answerOf, scripted } from './interpret/support/scripted.ts';
import { normalisedCaption } from './publish/records.ts';
import { marbles } from './stage/marbles.ts';

const frame = (index: number): Frame => ({ ...normalisedCaption(index).frame, id: `${index}` });
const frames = { a: frame(0), b: frame(1), c: frame(2) };
const ids = map(({ frame: { id } }: Caption) => id);
const answerAfter = (ms: number): Observable<Answer> => timer(ms).pipe(map(() => answerOf('a')));

describe('captionWith', () => {
  it('lets a frame wait for its caption as long as it takes, unless `maxDelayMs` says otherwise', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const deadlines: number[] = [];
      const captioner = scripted('a', (_, { deadlineMs }) => {
        deadlines.push(deadlineMs);
        return answerAfter(3);
      });
      expectObservable(cold('-a---|', frames).pipe(captionWith(captioner), ids)).toBe('----a|', { a: '0' });
      expectObservable(cold('-a---|', frames).pipe(captionWith(captioner, { maxDelayMs: 50 }), ids)).toBe('----a|', { a: '0' });
      flush();
      expect(deadlines).toEqual([Infinity, 51]);
    });
  });

  it('asks about each frame when it comes, and about so many at once where `pullMap` feeds it', () => {
    marbles(({ cold, expectObservable }) => {
      const captioner = scripted('a', () => answerAfter(5));
      const caption = captionWith(captioner);
      const each = (one: Frame): Observable<Caption> => of(one).pipe(caption);
      const values = { a: '0', b: '1', c: '2' };
      expectObservable(cold('(abc|)', frames).pipe(caption, ids)).toBe('-----(abc|)', values);
      expectObservable(pullMap(each, { concurrency: 2 })(Object.values(frames)).pipe(ids)).toBe('-----(ab)-(c|)', values);
    });
  });
});
