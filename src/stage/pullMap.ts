import { Observable, type ObservableInput, type Subscriber, isObservable } from 'rxjs';
import { PipelineError } from '../errors.ts';
import { type ProjectionSlots, projectionSlots } from './projectionSlots.ts';
import { subscribeWithin } from './subscribeWithin.ts';

export interface PullMapOptions {
  /** Projections that run at once; 1 or more. 1 keeps the order of the values. */
  readonly concurrency: number;
  /** Only for Observables, which push: values that may wait for a free slot; 0 or more. @default 256 */
  readonly buffer?: number;
  /**
   * Only for Observables: what happens to a value that finds the buffer full. `error`: the result errors with
   * BUFFER_OVERFLOW; `dropNewest`: this value is dropped; `dropOldest`: the value that waited longest is. @default 'error'
   */
  readonly overflow?: 'error' | 'dropNewest' | 'dropOldest';
}

const OVERFLOWS = ['error', 'dropNewest', 'dropOldest'] as const satisfies readonly PullMapOptions['overflow'][];

/** What can be asked for its next value: an iterable, an async iterable, a function that opens one, or a source of Saccade. */
export type Pullable<In> =
  | Iterable<In>
  | AsyncIterable<In>
  | ((signal: AbortSignal) => Iterable<In> | AsyncIterable<In>)
  | { packets(signal: AbortSignal): AsyncIterable<In> };

/** An operator for Observables that takes pullable inputs as well. */
export interface PullMap<In, Out> {
  (input: Pullable<In>): Observable<Out>;
  (input: Observable<In>): Observable<Out>;
}

/**
 * Maps each value to an inner Observable, promise or iterable, at most `concurrency` at once, and asks for the next value
 * only when a slot is free. `mergeMap(project, concurrency)` bounds the projections too, but takes every value at once and
 * lets them wait in a queue without bound. An input that can be asked therefore never runs ahead: at most `concurrency`
 * values are taken and not finished. An Observable cannot be asked, so its values wait in a buffer with a bound and a
 * stated policy for more.
 *
 *     pullMap(describe, { concurrency: 8 })(readFrames()).subscribe(...)
 *     clicks$.pipe(pullMap((click) => save(click), { concurrency: 2, buffer: 16, overflow: 'dropOldest' }))
 *
 * Results are emitted as they come. The first error of the input or of a projection ends everything; unsubscribing
 * unsubscribes the projections and ends the input (`return()` of its iterator, the signal of its opener).
 * Throws RangeError for options out of range.
 */
export function pullMap<In, Out>(
  project: (value: In, index: number) => ObservableInput<Out>,
  { concurrency, buffer = 256, overflow = 'error' }: PullMapOptions,
): PullMap<In, Out> {
  if (!(concurrency >= 1)) throw new RangeError(`pullMap: concurrency must be 1 or more (found ${concurrency})`);
  if (!(buffer >= 0)) throw new RangeError(`pullMap: buffer must be 0 or more (found ${buffer})`);
  if (!OVERFLOWS.includes(overflow)) throw new RangeError(`pullMap: overflow must be ${OVERFLOWS.join(', ')} (found ${overflow})`);
  return (input: Observable<In> | Pullable<In>) =>
    new Observable<Out>((subscriber) => {
      const slots = projectionSlots(project, concurrency, subscriber);
      const feed = isObservable(input) ? pushed(input, buffer, overflow) : pulled(input);
      feed(slots, subscriber);
    });
}

/** Starts projections of the input's values. */
type Feed<In> = (slots: ProjectionSlots<In>, subscriber: Subscriber<unknown>) => void;

/** Values that come unasked wait for a slot in a buffer with a bound. */
const pushed =
  <In>(input: Observable<In>, buffer: number, overflow: NonNullable<PullMapOptions['overflow']>): Feed<In> =>
  (slots, subscriber) => {
    const waiting = new Set<{ readonly value: In }>();
    let isComplete = false;
    let isDraining = false;
    const add = (value: In): void => {
      if (waiting.size >= buffer) {
        if (overflow === 'error') return subscriber.error(overflown(buffer));
        if (overflow === 'dropNewest' || buffer === 0) return undefined;
        for (const oldest of waiting) {
          waiting.delete(oldest);
          break;
        }
      }
      waiting.add({ value });
      return undefined;
    };
    slots.onFree = () => {
      // A projection that ends at once frees its slot while this still runs.
      if (isDraining) return;
      isDraining = true;
      for (const next of waiting) {
        if (!slots.isFree) break;
        waiting.delete(next);
        slots.start(next.value);
      }
      isDraining = false;
      if (isComplete && waiting.size === 0) slots.end();
    };
    subscribeWithin(subscriber, input, {
      next: (value) => (slots.isFree && waiting.size === 0 ? slots.start(value) : add(value)),
      complete: () => {
        isComplete = true;
        if (waiting.size === 0) slots.end();
      },
    });
  };

const overflown = (buffer: number): PipelineError =>
  new PipelineError(
    'BUFFER_OVERFLOW',
    `pullMap: ${buffer} values wait for a free slot already; raise concurrency or buffer, or set overflow to 'dropNewest' or 'dropOldest'`,
  );

/** Values that are asked for, one at a time, while a slot is free. Iterables that are not async are read without a turn of the event loop. */
const pulled =
  <In>(input: Pullable<In>): Feed<In> =>
  (slots, subscriber) => {
    const ending = new AbortController();
    let iterator: Iterator<In> | AsyncIterator<In> | undefined;
    let isAsking = false;
    let isLooping = false;
    let isDone = false;
    const close = (): void => {
      // A generator cannot be ended while it runs: the loop that runs it does it afterwards.
      if (isDone || isLooping) return;
      isDone = true;
      // Not awaited: an iterator that is waiting for its next value answers return() only then.
      void endOf(iterator!).catch(() => {});
    };
    /** Returns whether another value may be asked for at once. */
    const take = (next: IteratorResult<In>): boolean => {
      if (next.done) {
        isDone = true;
        slots.end();
      } else if (!subscriber.closed) slots.start(next.value);
      return !isDone && slots.isFree;
    };
    const ask = (): void => {
      if (isAsking || isDone || !slots.isFree) return;
      isAsking = isLooping = true;
      try {
        let goOn = true;
        while (goOn) {
          const next = iterator!.next();
          if (isPromise(next))
            return void Promise.resolve(next)
              .then((later) => (take(later), (isAsking = false), ask()))
              .catch(fail);
          goOn = take(next);
        }
        isAsking = false;
      } catch (error) {
        fail(error);
      } finally {
        isLooping = false;
        if (subscriber.closed) close();
      }
    };
    const fail = (error: unknown): void => {
      isDone = true;
      subscriber.error(error);
    };
    slots.onFree = ask;
    try {
      iterator = opened(input, ending.signal);
    } catch (error) {
      return fail(error);
    }
    subscriber.add(() => {
      ending.abort();
      close();
    });
    ask();
  };

/** Also an iterator that is not async may throw here. */
const endOf = async (iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<unknown> => iterator.return?.();

function opened<In>(input: Pullable<In>, signal: AbortSignal): Iterator<In> | AsyncIterator<In> {
  const iterable =
    typeof input === 'function' ? input(signal) : typeof input === 'object' && 'packets' in input ? input.packets(signal) : input;
  const { [Symbol.asyncIterator]: openAsync, [Symbol.iterator]: open } = iterable as Partial<Iterable<In> & AsyncIterable<In>>;
  if (openAsync) return openAsync.call(iterable);
  if (open) return open.call(iterable);
  throw new TypeError(`pullMap: the input must be an Observable or something to iterate over (found ${typeof iterable})`);
}

const isPromise = <In>(next: IteratorResult<In> | Promise<IteratorResult<In>>): next is Promise<IteratorResult<In>> => 'then' in next;
