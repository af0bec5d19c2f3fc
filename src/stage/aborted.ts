import { Observable } from 'rxjs';

/** Emits once and completes when the signal aborts, at once if it has: for `takeUntil`. */
export const aborted = (signal: AbortSignal): Observable<void> =>
  new Observable((subscriber) => {
    const emit = (): void => {
      subscriber.next();
      subscriber.complete();
    };
    if (signal.aborted) return emit();
    signal.addEventListener('abort', emit, { once: true });
    return () => signal.removeEventListener('abort', emit);
  });
