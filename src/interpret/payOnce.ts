import { Observable, ReplaySubject, type Subscription, catchError, concatMap, finalize, mergeMap, of } from 'rxjs';
import { codeOf } from '../errors.ts';
import type { Answer } from './caption.ts';
import type { Captioner } from './captioner.ts';
import type { CaptionRequest } from './captionRequest.ts';
import { makeCaptioner } from './makeCaptioner.ts';
import type { Claim, Ledger, Paid } from './ledger.ts';
import { requestHash } from './requestHash.ts';

/** Identical requests under way: one is asked, the others listen. */
interface Flight {
  readonly answers: ReplaySubject<Answer>;
  listeners: number;
  call?: Subscription;
}

/**
 * Never pays twice for the same picture, words, model and parameters. The ledger is asked for the answer of any target
 * of the plan, so that adding a target or moving the weights pays for nothing again. Identical requests at the same
 * time share one call. An answer is safe in the ledger before anything downstream sees it.
 */
export function payOnce(ledger: Ledger, inner: Captioner): Captioner {
  const { targets } = inner.plan;
  const flights = new Map<string, Flight>();

  const fetch = (request: CaptionRequest, keys: readonly string[]): Observable<Answer> =>
    looked(ledger, keys).pipe(
      mergeMap((found) => {
        if ('answer' in found) return of<Answer>({ ...found.answer, cache: 'ledger' });
        return inner({ ...request, mayCall: () => found.mayCall() }).pipe(
          concatMap(async (answer) => {
            // A duplicate was paid for with the frame that it repeats.
            if (answer.cache === 'none') await ledger.pay(answer.requestHash, { answer, route: request.route });
            return answer;
          }),
          finalize(() => found.release()),
        );
      }),
      catchError((error: unknown) => {
        if (codeOf(error) === 'CLAIM_EXPIRED') return fetch(request, keys);
        throw error;
      }),
    );

  const ask = (request: CaptionRequest): Observable<Answer> =>
    new Observable((subscriber) => {
      const keys = targets.map((target) => requestHash(request, target));
      const id = keys.join(' ');
      let flight = flights.get(id);
      const joined = flight !== undefined;
      flight ??= { answers: new ReplaySubject(1), listeners: 0 };
      const mine = flight;
      mine.listeners++;
      // Whoever came second did not pay: the call is in the route of the first.
      const listening = mine.answers.subscribe({
        next: (answer) => subscriber.next(joined ? { ...answer, cache: 'ledger' } : answer),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      if (!joined) {
        flights.set(id, mine);
        const land = (): void => {
          if (flights.get(id) === mine) flights.delete(id);
        };
        mine.call = fetch(request, keys).subscribe({
          next: (answer) => mine.answers.next(answer),
          error: (error: unknown) => {
            land();
            mine.answers.error(error);
          },
          complete: () => {
            land();
            mine.answers.complete();
          },
        });
      }
      return () => {
        listening.unsubscribe();
        if (--mine.listeners > 0 || mine.answers.closed) return;
        if (flights.get(id) === mine) flights.delete(id);
        mine.call?.unsubscribe();
      };
    });

  return makeCaptioner(ask, { ...inner.plan, notes: [...inner.plan.notes, 'no answer is paid for twice'] }, async () => inner.close?.());
}

/** Whoever has left before the ledger said anything needs no claim. */
const looked = (ledger: Ledger, keys: readonly string[]): Observable<Paid | Claim> =>
  new Observable((subscriber) => {
    ledger.look(keys).then(
      (found) => {
        if (subscriber.closed && 'release' in found) found.release();
        subscriber.next(found);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
