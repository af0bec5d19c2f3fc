import { Observable, type Subscriber } from 'rxjs';

interface Handlers<Value> {
  readonly next: (value: Value) => void;
  readonly complete: () => void;
  /** @default the error is passed on to the subscriber */
  readonly error?: (error: unknown) => void;
  /** Called after the teardown of `values`, however they ended. */
  readonly finalize?: () => void;
}

/**
 * Subscribes to `values` until `subscriber` is closed. Unlike `subscriber.add(values.subscribe())`, values
 * that come while they are being subscribed to end as soon as `subscriber` is closed, as in RxJS's own operators.
 */
export const subscribeWithin = <Value>(
  subscriber: Subscriber<unknown>,
  values: Observable<Value>,
  { next, complete, error = (cause) => subscriber.error(cause), finalize }: Handlers<Value>,
): void => {
  const linked = new Observable<Value>((inner) => {
    subscriber.add(inner);
    values.subscribe(inner);
    inner.add(finalize);
  });
  linked.subscribe({ next, complete, error });
};
