import type { Subscriber } from 'rxjs';

/**
 * A handler that errors the subscriber with what `handle` throws, as RxJS's own operators do. Without it RxJS reports the error as
 * unhandled, which ends the process, or the stream goes on without the value.
 */
export const errorInto =
  <Args extends readonly unknown[]>(subscriber: Subscriber<unknown>, handle: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      handle(...args);
    } catch (error) {
      subscriber.error(error);
    }
  };
