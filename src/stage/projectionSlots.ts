import { type Observable, type ObservableInput, type Subscriber, from } from 'rxjs';
import { subscribeWithin } from './subscribeWithin.ts';

/** The projections that run, and whether there is room for one more. */
export interface ProjectionSlots<In> {
  readonly isFree: boolean;
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
  let active = 0;
  let index = 0;
  let isEnded = false;
  const finish = (): void => {
    active--;
    if (!isEnded) slots.onFree();
    else if (active === 0) subscriber.complete();
  };
  const slots: ProjectionSlots<In> = {
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
      let isComplete = false;
      return subscribeWithin(subscriber, inner, {
        next: (result) => subscriber.next(result),
        complete: () => (isComplete = true),
        // Only now is the slot free: what the projection held must be released before the next one starts.
        finalize: () => isComplete && finish(),
      });
    },
    onFree: () => {},
    end() {
      isEnded = true;
      if (active === 0) subscriber.complete();
    },
  };
  return slots;
}
