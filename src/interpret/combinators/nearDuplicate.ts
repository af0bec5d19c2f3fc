import { type Observable, ReplaySubject, catchError, defer, finalize, from, map, mergeMap, tap, throwIfEmpty } from 'rxjs';
import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { type ImageSignature, imageSignature } from './support/imageSignature.ts';
import { type Match, type ReferenceFrame, ReferenceFrames } from './support/referenceFrames.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

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

/**
 * A frame that looks like one of the same sensor's a moment ago gets its caption, and costs nothing. What is compared
 * are pixels and event counts; the record says which frame it repeats and how far away it is. A duplicate is never a
 * reference, so that a slow change cannot creep by in small steps.
 */
export function nearDuplicate(inner: Captioner, options: NearDuplicateOptions = {}): Captioner {
  const rules = readOptions('nearDuplicate', schema, options);
  const references = new ReferenceFrames(rules);
  const ask = (target: Captioner, request: CaptionRequest): Observable<Answer> =>
    from(imageSignature(request)).pipe(
      mergeMap((signature) => {
        const fresh = defer(() => askAsReference(references, target, request, signature));
        const match = references.nearest(request, signature);
        return match ? repeatedAnswer(match, fresh) : fresh;
      }),
    );
  return wrapCaptioner(inner, ask, `frames within ${rules.threshold} of one of the last ${rules.maxAgeMs} ms get its caption`);
}

/** Asks about the frame; later ones may repeat its answer, unless none comes. */
function askAsReference(
  references: ReferenceFrames,
  target: Captioner,
  request: CaptionRequest,
  signature: ImageSignature,
): Observable<Answer> {
  const { id, sensor, window, prompt } = request;
  const reference: ReferenceFrame = { id, sensor, start: window.start, system: prompt.system, signature, answer: new ReplaySubject(1) };
  references.add(reference);
  let isAnswered = false;
  return defer(() => target(request)).pipe(
    tap((answer) => {
      isAnswered = true;
      reference.answer.next(answer);
      reference.answer.complete();
    }),
    finalize(() => {
      if (isAnswered) return;
      references.delete(reference);
      reference.answer.complete();
    }),
  );
}

/** The answer of the reference, or `fresh` where it got none. */
const repeatedAnswer = ({ reference, distance }: Match, fresh: Observable<Answer>): Observable<Answer> =>
  reference.answer.pipe(
    map((answer) => repeated(answer, reference, distance)),
    throwIfEmpty(),
    catchError(() => fresh),
  );

const repeated = (answer: Answer, reference: ReferenceFrame, distance: number): Answer => ({
  ...answer,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  cache: 'duplicate',
  duplicateOf: { id: reference.id, distance: Math.round(distance * 1e6) / 1e6 },
});
