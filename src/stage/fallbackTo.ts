import { type Observable, type ObservableInput, type OperatorFunction, catchError, defer, from, isObservable, throwError } from 'rxjs';

/** What is subscribed to instead: anything RxJS can subscribe to, or a function of the error that makes it when it is needed. */
export type Fallback<Out> = ObservableInput<Out> | ((error: unknown) => ObservableInput<Out>);

export interface FallbackOptions {
  /**
   * Whether an error leads to the next fallback. `index` counts from 0: the error of the source, then those of the
   * fallbacks. An error for which it returns false is passed on. @default every error does
   */
  readonly when?: (error: unknown, index: number) => boolean;
}

/**
 * Goes on with the first of `others` when the source errors, with the second when that errors too, and so on. Each is
 * subscribed to only when it is needed; where all fail, the error of the last is passed on. Values that were emitted
 * before an error stay emitted.
 *
 *     primary$.pipe(fallbackTo(secondary$, (error) => fromCache(error), { when: (error) => isOutage(error) }))
 */
export function fallbackTo<In, Out = In>(...others: readonly Fallback<Out>[]): OperatorFunction<In, In | Out>;
export function fallbackTo<In, Out = In>(
  ...othersAndOptions: readonly [...others: Fallback<Out>[], options: FallbackOptions]
): OperatorFunction<In, In | Out>;
export function fallbackTo<In, Out = In>(...given: readonly (Fallback<Out> | FallbackOptions)[]): OperatorFunction<In, In | Out> {
  const last = given.at(-1);
  const { when = () => true } = isOptions(last) ? last : {};
  const others = (isOptions(last) ? given.slice(0, -1) : given) as readonly Fallback<Out>[];
  const withOthers = (source: Observable<In | Out>, index: number): Observable<In | Out> => {
    const other = others[index];
    if (other === undefined) return source;
    return source.pipe(
      catchError((error: unknown) => (when(error, index) ? withOthers(started(other, error), index + 1) : throwError(() => error))),
    );
  };
  return (source) => withOthers(source, 0);
}

const started = <Out>(other: Fallback<Out>, error: unknown): Observable<Out> =>
  defer(() => (typeof other === 'function' && !isObservable(other) ? other(error) : from(other as ObservableInput<Out>)));

/** A literal with nothing but `when`: whatever else RxJS can subscribe to, also through a symbol, is a fallback. */
const isOptions = (value: unknown): value is FallbackOptions =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Reflect.ownKeys(value).every((key) => key === 'when');
