import { Observable } from 'rxjs';

const STOPPED = Symbol('stopped');

/**
 * Turns a source that is pulled into an Observable, one pull at a time, and each only after `ready` has
 * resolved. RxJS's own `from(asyncIterable)` pulls without asking and notices an unsubscription only at the
 * next value; this one ends the source at once.
 *
 * @param open opens the source; its signal aborts when the Observable is unsubscribed
 */
export const pull = <Out>(open: (signal: AbortSignal) => AsyncIterable<Out>, ready: () => Promise<void>): Observable<Out> =>
  new Observable((subscriber) => {
    const end = new AbortController();
    // Not a promise to race against: it would hold on to the outcome of every race, and so to every packet there ever was.
    let wake: (() => void) | undefined;
    end.signal.addEventListener('abort', () => wake?.(), { once: true });
    const orStopped = async <Value>(work: Promise<Value>): Promise<Value | typeof STOPPED> =>
      new Promise((resolve, reject) => {
        wake = () => resolve(STOPPED);
        if (end.signal.aborted) resolve(STOPPED);
        work.then(resolve, reject);
      });

    const run = async (): Promise<void> => {
      const iterator = open(end.signal)[Symbol.asyncIterator]();
      try {
        while (!end.signal.aborted) {
          if ((await orStopped(ready())) === STOPPED) return;
          const next = await orStopped(iterator.next());
          if (next === STOPPED || next.done) return;
          subscriber.next(next.value);
        }
      } finally {
        // Not awaited: an iterator that is waiting for its next value answers return() only then.
        iterator.return?.()?.catch(() => {});
      }
    };
    run().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => end.abort();
  });
