import { Observable, catchError, concatMap, defer, finalize, mergeMap, of } from 'rxjs';
import { codeOf } from '../errors.ts';
import type { Answer } from './caption.ts';
import type { Captioner } from './captioner.ts';
import type { CaptionRequest } from './captionRequest.ts';
import { makeCaptioner } from './makeCaptioner.ts';
import type { Claim, Ledger, PaidAnswer } from './ledger.ts';
import { requestHash } from './requestHash.ts';
import { SingleFlight } from './singleFlight.ts';

/**
 * Never pays twice for the same picture, words, model and parameters. The ledger is asked for the answer of any target
 * of the plan, so that adding a target or moving the weights pays for nothing again. Identical requests at the same
 * time share one call. An answer is safe in the ledger before anything downstream sees it.
 */
export function payOnce(ledger: Ledger, inner: Captioner): Captioner {
  const { targets, notes } = inner.plan;
  // A joined request did not pay: the call is in the route of the first.
  const flights = new SingleFlight<Answer>(fromLedger);
  const ask = (request: CaptionRequest): Observable<Answer> => {
    const keys = targets.map((target) => requestHash(request, target));
    return flights.run(keys.join(' '), () => answered(ledger, inner, request, keys));
  };
  return makeCaptioner(ask, { ...inner.plan, notes: [...notes, 'no answer is paid for twice'] }, async () => inner.close?.());
}

const fromLedger = (answer: Answer): Answer => ({ ...answer, cache: 'ledger' });

/** The remembered answer, or the one that the claim to the call brings; the ledger is asked again where the claim expired. */
const answered = (ledger: Ledger, inner: Captioner, request: CaptionRequest, keys: readonly string[]): Observable<Answer> =>
  lookedUp(ledger, keys).pipe(
    mergeMap((found) => ('answer' in found ? of(fromLedger(found.answer)) : paid(ledger, inner, request, found))),
    catchError((error: unknown) => {
      if (codeOf(error) === 'CLAIM_EXPIRED') return answered(ledger, inner, request, keys);
      throw error;
    }),
  );

const paid = (ledger: Ledger, inner: Captioner, request: CaptionRequest, claim: Claim): Observable<Answer> =>
  defer(() => inner({ ...request, mayCall: () => claim.mayCall() })).pipe(
    concatMap(async (answer) => {
      // A duplicate was paid for with the frame that it repeats.
      if (answer.cache === 'none') await ledger.commit(answer.requestHash, { answer, route: request.route });
      return answer;
    }),
    finalize(() => claim.release()),
  );

/** What the ledger has, or the claim. Unsubscribing ends the wait, and gives up a claim that comes too late. */
const lookedUp = (ledger: Ledger, keys: readonly string[]): Observable<PaidAnswer | Claim> =>
  new Observable((subscriber) => {
    const unsubscribed = new AbortController();
    subscriber.add(() => unsubscribed.abort());
    ledger.lookupOrClaim(keys, unsubscribed.signal).then(
      (found) => {
        if (subscriber.closed && 'release' in found) found.release();
        subscriber.next(found);
        subscriber.complete();
      },
      (error: unknown) => {
        if (!subscriber.closed) subscriber.error(error);
      },
    );
  });
