import { EMPTY, Observable, ReplaySubject, catchError, from, map, mergeMap, tap } from 'rxjs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { type Signature, distance, signatureOf } from './support/imageSignature.ts';
import { wrap } from './support/wrap.ts';

export interface NearDuplicateOptions {
  /** Largest distance (0..1) at which a frame is the same as an earlier one. @default 0.08 */
  threshold?: number;
  /** How old that one may be, in milliseconds of sensor time. @default 2000 */
  maxAgeMs?: number;
  /** Earlier frames of each sensor that are compared. @default 8 */
  remember?: number;
}

const schema = z.strictObject({
  threshold: z.number().min(0).max(1).default(0.08),
  maxAgeMs: z.number().positive().default(2_000),
  remember: z.int().min(1).default(8),
});

/** A frame that was asked about, with its answer when it comes. */
interface Reference {
  readonly id: string;
  readonly start: number;
  /** What kind of pictures were asked about; what is asked of one frame may differ. */
  readonly system: string;
  readonly signature: Signature;
  readonly answer: ReplaySubject<Answer>;
}

/**
 * A frame that looks like one of the same sensor's a moment ago gets its caption, and costs nothing. What is compared
 * are pixels and event counts; the record says which frame it repeats and how far away it is. A duplicate is never a
 * reference, so that a slow change cannot creep by in small steps.
 */
export function nearDuplicate(inner: Captioner, options: NearDuplicateOptions = {}): Captioner {
  const { threshold, maxAgeMs, remember } = readOptions('nearDuplicate', schema, options);
  const references = new Map<string, Reference[]>();

  const nearest = (request: CaptionRequest, signature: Signature): { reference: Reference; distance: number } | undefined => {
    let best: { reference: Reference; distance: number } | undefined;
    for (const reference of references.get(request.sensor) ?? []) {
      const ageMs = Math.abs(request.window.start - reference.start) / 1000;
      if (ageMs > maxAgeMs || reference.system !== request.prompt.system || reference.id === request.id) continue;
      const away = distance(signature, reference.signature);
      if (away <= threshold && (!best || away < best.distance)) best = { reference, distance: away };
    }
    return best;
  };

  const fresh = (target: Captioner, request: CaptionRequest, signature: Signature): Observable<Answer> => {
    const { id, sensor, window, prompt } = request;
    const reference = { id, start: window.start, system: prompt.system, signature, answer: new ReplaySubject<Answer>(1) };
    const kept = references.get(sensor) ?? [];
    references.set(sensor, [...kept.slice(1 - remember || kept.length), reference]);
    const forget = (): void => {
      references.set(
        sensor,
        (references.get(sensor) ?? []).filter((one) => one !== reference),
      );
      reference.answer.complete();
    };
    let answered = false;
    return new Observable<Answer>((subscriber) => {
      const call = target(request)
        .pipe(
          tap((answer) => {
            answered = true;
            reference.answer.next(answer);
            reference.answer.complete();
          }),
        )
        .subscribe(subscriber);
      return () => {
        call.unsubscribe();
        if (!answered) forget();
      };
    });
  };

  const ask = (target: Captioner, request: CaptionRequest): Observable<Answer> =>
    from(signatureOf(request)).pipe(
      mergeMap((signature) => {
        const found = nearest(request, signature);
        if (!found) return fresh(target, request, signature);
        return orElse(found.reference.answer.pipe(map((answer) => repeated(answer, found))), () => fresh(target, request, signature));
      }),
    );
  return wrap(inner, ask, `frames within ${threshold} of one of the last ${maxAgeMs} ms get its caption`);
}

const repeated = (answer: Answer, { reference, distance: away }: { reference: Reference; distance: number }): Answer => ({
  ...answer,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  cache: 'duplicate',
  duplicateOf: { id: reference.id, distance: Math.round(away * 1e6) / 1e6 },
});

/** The second where the first ends without a value: the frame that this one repeats got no caption. */
const orElse = (first: Observable<Answer>, second: () => Observable<Answer>): Observable<Answer> =>
  new Observable((subscriber) => {
    let any = false;
    const subscription = first.pipe(catchError(() => EMPTY)).subscribe({
      next: (answer) => {
        any = true;
        subscriber.next(answer);
      },
      complete: () => {
        if (any) subscriber.complete();
        else subscriber.add(second().subscribe(subscriber));
      },
    });
    return () => subscription.unsubscribe();
  });
