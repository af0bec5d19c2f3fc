import { describe, expect, it } from 'vitest';
import { type ObservableInput, of } from 'rxjs';
import { fallbackTo } from '../../src/stage/fallbackTo.ts';
import { marbles } from './marbles.ts';

describe('fallbackTo', () => {
  it('does not subscribe to the others while the source does well', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('x|');
      expectObservable(cold('a-b-|').pipe(fallbackTo(other))).toBe('a-b-|');
      expectSubscriptions(other.subscriptions).toBe([]);
    });
  });

  it('goes on with the next one at each error, and keeps what was emitted before', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [second, third] = [cold('x-#'), cold('y|')];
      expectObservable(cold('a-#').pipe(fallbackTo(second, third))).toBe('a-x-y|');
      expectSubscriptions(second.subscriptions).toBe('--^-!');
      expectSubscriptions(third.subscriptions).toBe('----^!');
    });
  });

  it('passes the error of the last one on', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('#', undefined, 'first').pipe(fallbackTo(cold('-#', undefined, 'second')))).toBe('-#', undefined, 'second');
    });
  });

  it('falls back only when `when` says so, and is told which of them failed', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const asked: [unknown, number][] = [];
      const when = (error: unknown, index: number): boolean => {
        asked.push([error, index]);
        return error !== 'final';
      };
      const chain = cold('#', undefined, 'outage').pipe(fallbackTo(cold('-#', undefined, 'final'), cold('z|'), { when }));
      expectObservable(chain).toBe('-#', undefined, 'final');
      flush();
      expect(asked).toEqual([
        ['outage', 0],
        ['final', 1],
      ]);
    });
  });

  it('makes a fallback of the error, only when it is needed', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a#', undefined, 'why').pipe(fallbackTo((error) => of(`after ${String(error)}`)))).toBe('a(b|)', {
        a: 'a',
        b: 'after why',
      });
    });
  });

  it('passes on what making a fallback throws', () => {
    marbles(({ cold, expectObservable }) => {
      const broken = (): never => {
        throw new Error('broken');
      };
      expectObservable(cold('#').pipe(fallbackTo(broken))).toBe('#', undefined, new Error('broken'));
    });
  });

  it('takes promises and iterables, and leaves the source alone without others', async () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('#').pipe(fallbackTo(['x', 'y']))).toBe('(xy|)');
      expectObservable(cold('a#').pipe(fallbackTo())).toBe('a#');
    });
  });

  it('takes whatever RxJS can subscribe to for a fallback, and only a literal with `when` for options', () => {
    const interop = { '@@observable': () => of('x', 'y') };
    const arrayLike = { length: 2, 0: 'x', 1: 'y' };
    marbles(({ cold, expectObservable }) => {
      for (const other of [interop, arrayLike, 'xy', new Set('xy')])
        expectObservable(cold('#').pipe(fallbackTo(other as ObservableInput<string>))).toBe('(xy|)');
      expectObservable(cold('#').pipe(fallbackTo('x', {}))).toBe('(x|)');
    });
  });

  it('unsubscribes whichever is running', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('-----x|');
      expectObservable(cold('-#').pipe(fallbackTo(other)), '^--!').toBe('----');
      expectSubscriptions(other.subscriptions).toBe('-^-!');
    });
  });

  it('starts from the source again when it is subscribed to again', () => {
    marbles(({ cold, expectObservable }) => {
      const chain = cold('a#').pipe(fallbackTo(of('b')));
      expectObservable(chain).toBe('a(b|)');
      expectObservable(chain).toBe('a(b|)');
    });
  });
});
