import { Observable, type OperatorFunction, catchError, from, ignoreElements, isObservable, mergeMap, throwError } from 'rxjs';
import { report } from './report.ts';
import type { Item } from './item.ts';
import type { Evidence, Reject, Stage } from './reject.ts';
import { subscribeWithin } from './subscribeWithin.ts';

/** Work on one item that may fail: at once, later, or as an Observable that can be hung up. */
export type Work<In, Out> = (item: In) => Out | PromiseLike<Out> | Observable<Out>;

export interface AttemptOptions<In> {
  /** Takes an item that failed. Absent: the Observable errors with the failure, as RxJS operators do. */
  reject?: Reject | undefined;
  /** Items worked on at once. 1 keeps their order. @default 1 */
  concurrency?: number;
  /** What goes into the dead letter of an item that failed. */
  evidence: (item: In) => Evidence;
  /** Failures that are the pipeline's own and not the item's: they end the run. @default none */
  fatal?: (cause: unknown) => boolean;
}

/**
 * Maps each item by work that may fail. A failure takes that one item out of the flow, by `reject`; the stream
 * goes on. The Observable errors only for a `fatal` failure, when `reject` itself fails, or where there is no `reject`.
 */
export const attempt = <In extends Item, Out>(
  stage: Stage,
  work: Work<In, Out>,
  { reject, concurrency = 1, evidence, fatal = () => false }: AttemptOptions<In>,
): OperatorFunction<In, Out> =>
  mergeMap((item) => {
    const leave = (cause: unknown): Observable<never> =>
      reject && !fatal(cause) ? from(reject(stage, item, cause, evidence(item))).pipe(ignoreElements()) : throwError(() => cause);
    return run(stage, work, item).pipe(catchError(leave));
  }, concurrency);

/** Synchronous work stays synchronous: decoding a packet must not cost a turn of the event loop. */
const run = <In extends Item, Out>(stage: Stage, work: Work<In, Out>, item: In): Observable<Out> =>
  new Observable((subscriber) => {
    const begun = performance.now();
    const { sensor } = item;
    const succeed = (out: Out): void => {
      report('stage', () => ({ stage, sensor, ms: performance.now() - begun, item, out }));
      subscriber.next(out);
    };
    const fail = (error: unknown): void => {
      report('stage', () => ({ stage, sensor, ms: performance.now() - begun, item, error }));
      subscriber.error(error);
    };
    try {
      const out = work(item);
      if (isObservable(out)) return subscribeWithin(subscriber, out, { next: succeed, error: fail, complete: () => subscriber.complete() });
      if (!isPromiseLike(out)) {
        succeed(out);
        subscriber.complete();
        return undefined;
      }
      out.then((value) => {
        succeed(value);
        subscriber.complete();
      }, fail);
    } catch (error) {
      fail(error);
    }
    return undefined;
  });

const isPromiseLike = <Out>(out: Out | PromiseLike<Out>): out is PromiseLike<Out> =>
  typeof out === 'object' && out !== null && 'then' in out && typeof out.then === 'function';
