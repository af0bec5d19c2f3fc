import { Observable, type Subscriber } from 'rxjs';

interface Handlers<Value> {
  readonly next: (value: Value) => void;
  readonly complete: () => void;
  /** Called after the teardown of `values`, however they ended. */
  readonly finalize?: () => void;
}

/**
 * Subscribes to `values` for as long as `subscriber` is: errors are passed on to it. Unlike `subscriber.add(values.subscribe())`, values
 * that come while they are being subscribed to end as soon as `subscriber` is closed, as in RxJS's own operators.
 */
export const subscribeWithin = <Value>(
  subscriber: Subscriber<unknown>,
  values: Observable<Value>,
  { next, complete, finalize }: Handlers<Value>,
): void => {
  const linked = new Observable<Value>((inner) => {
    subscriber.add(inner);
    values.subscribe(inner);
    inner.add(finalize);
  });
  linked.subscribe({ next, complete, error: (error) => subscriber.error(error) });
};
