import { Observable } from 'rxjs';

/**
 * Turns a source that is pulled into an Observable, one pull at a time, and each only after `ready` has
 * resolved. RxJS's own `from(asyncIterable)` pulls without asking and notices an unsubscription only at the
 * next value; this one ends the source at once.
 *
 * `stop` ends it softly: nothing more is pulled, and the Observable completes. Unsubscribing ends it hard.
 */
export const pull = <Out>(
  open: (signal: AbortSignal) => AsyncIterable<Out>,
  ready: () => Promise<void>,
  stop: AbortSignal,
): Observable<Out> =>
  new Observable((subscriber) => {
    const end = new AbortController();
    const stopped = new Promise<'stopped'>((resolve) => {
      end.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    const onStop = (): void => end.abort();
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });

    const run = async (): Promise<void> => {
      if (end.signal.aborted) return;
      const iterator = open(end.signal)[Symbol.asyncIterator]();
      try {
        while (!end.signal.aborted) {
          if ((await Promise.race([ready(), stopped])) === 'stopped') return;
          const next = await Promise.race([iterator.next(), stopped]);
          if (next === 'stopped' || next.done) return;
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
    return () => {
      stop.removeEventListener('abort', onStop);
      end.abort();
    };
  });
