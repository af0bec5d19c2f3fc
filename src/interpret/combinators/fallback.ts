import { Observable, catchError, throwError } from 'rxjs';
import type { Answer } from '../caption.ts';
import { type CaptionRequest, type Captioner, captioner } from '../captioner.ts';
import { combineFailures } from '../combineFailures.ts';
import { isFallbackable } from '../errorClassOf.ts';

/**
 * Asks each captioner in turn until one answers. What the frame itself is to blame for ends it at once: nobody else
 * would do better, and a refusal must not be gone around by accident. Errors with PROVIDERS_EXHAUSTED and every cause.
 */
export function fallback(...inner: readonly [Captioner, ...Captioner[]]): Captioner {
  const ask = (request: CaptionRequest): Observable<Answer> => next(inner, request, []);
  const plans = inner.map(({ plan }) => plan);
  const [first] = plans;
  const rest = plans.slice(1).flatMap(({ paths }) => paths.flatMap(({ order }) => order));
  return captioner(
    ask,
    {
      targets: plans.flatMap(({ targets }) => targets),
      paths: first!.paths.map(({ share, order }) => ({ share, order: [...order, ...rest] })),
      notes: plans.flatMap(({ notes }) => notes),
    },
    async () => {
      await Promise.all(inner.map(async (one) => one.close?.()));
    },
  );
}

function next(left: readonly Captioner[], request: CaptionRequest, failures: readonly unknown[]): Observable<Answer> {
  const [head, ...tail] = left;
  if (!head) return throwError(() => combineFailures(failures));
  return head(request).pipe(
    catchError((error: unknown) => (isFallbackable(error) ? next(tail, request, [...failures, error]) : throwError(() => error))),
  );
}
