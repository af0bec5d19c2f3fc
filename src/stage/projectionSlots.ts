import { type Observable, type ObservableInput, type Subscriber, Subscription, from } from 'rxjs';

/** The projections that run, and whether there is room for one more. */
export interface ProjectionSlots<In> {
  readonly isFree: boolean;
  /** Everything that runs; unsubscribing it ends that. */
  readonly running: Subscription;
  /** Starts a projection; only while a slot is free. */
  start(value: In): void;
  /** Called each time that a slot becomes free. */
  onFree: () => void;
  /** There are no more values: completes when the last projection has. */
  end(): void;
}

export function projectionSlots<In, Out>(
  project: (value: In, index: number) => ObservableInput<Out>,
  concurrency: number,
  subscriber: Subscriber<Out>,
): ProjectionSlots<In> {
  const running = new Subscription();
  let active = 0;
  let index = 0;
  let isEnded = false;
  const finish = (): void => {
    active--;
    if (!isEnded) slots.onFree();
    else if (active === 0) subscriber.complete();
  };
  const slots: ProjectionSlots<In> = {
    running,
    get isFree() {
      return active < concurrency && !subscriber.closed;
    },
    start(value) {
      active++;
      let inner: Observable<Out>;
      try {
        inner = from(project(value, index++));
      } catch (error) {
        return subscriber.error(error);
      }
      const subscription = new Subscription();
      running.add(subscription);
      subscription.add(
        inner.subscribe({
          next: (result) => subscriber.next(result),
          error: (error) => subscriber.error(error),
          complete: () => {
            running.remove(subscription);
            finish();
          },
        }),
      );
    },
    onFree: () => {},
    end() {
      isEnded = true;
      if (active === 0) subscriber.complete();
    },
  };
  return slots;
}
