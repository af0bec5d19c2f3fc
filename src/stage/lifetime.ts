import { NEVER, type Observable, ReplaySubject } from 'rxjs';

/** Something that is valid until it ends, once: the assignment of a partition, the session of a sensor. */
export interface Lifetime {
  readonly isOver: boolean;
  /** Emits when it ends; at once where it has. */
  readonly over: Observable<unknown>;
}

/** A lifetime, and the function that ends it; a second time does nothing. */
export function lifetime(): Lifetime & { readonly end: () => void } {
  const over = new ReplaySubject<void>(1);
  let isOver = false;
  return {
    over,
    get isOver() {
      return isOver;
    },
    end() {
      isOver = true;
      over.next();
      over.complete();
    },
  };
}

/** A lifetime that does not end. */
export const endless: Lifetime = { isOver: false, over: NEVER };
