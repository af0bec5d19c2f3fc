import { type Observable, type OperatorFunction, catchError } from 'rxjs';
import { messageOf } from '../errors.ts';
import { report } from './report.ts';

/** Goes on with `other` where the source fails: a failure that costs nothing of the flow is said, and no more. */
export const goOnWith = <Value, Other>(where: string, other: () => Observable<Other>): OperatorFunction<Value, Value | Other> =>
  catchError((error: unknown) => {
    report('swallow', () => ({ where, message: messageOf(error) }));
    return other();
  });
