import { type Observable, catchError, defer, forkJoin, map, of } from 'rxjs';
import { z } from 'zod';
import { PipelineError, codeOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { combineFailures } from '../errors/combineFailures.ts';
import { makeCaptioner } from '../makeCaptioner.ts';
import type { TargetPlan } from '../plan.ts';
import { requestHash } from '../requestHash.ts';
import { agreement, comparedWords } from './support/agreement.ts';
import { captionersByName } from './support/captionersByName.ts';
import { availabilityOf, combineAvailability } from './support/combineAvailability.ts';

export interface EnsembleOptions {
  /** The captioners that are asked, by name; each frame goes to `k` of them. */
  targets: Readonly<Record<string, Captioner>>;
  /** Captions for each frame. @default all targets */
  k?: number;
  /** Captions that must come for the frame not to fail. @default 1 */
  atLeast?: number;
}

const schema = z.strictObject({
  targets: captionersByName,
  k: z.int().min(2, 'must be 2 or more').optional(),
  atLeast: z.int().min(1).default(1),
});

/**
 * Several captions of each frame from different targets. The answer is the caption that is closest to all the others by
 * its content words; the record has how much they agree, and the other captions.
 */
export function ensemble(options: EnsembleOptions): Captioner {
  const { targets, atLeast, k = Object.keys(options.targets).length } = readOptions('ensemble', schema, options);
  const parts = Object.entries(targets).map(([name, target]) => target.named?.(name) ?? target);
  if (k > parts.length)
    throw new PipelineError('CONFIG_INVALID', `ensemble.k: must be at most the number of targets, ${parts.length} (found ${k})`);
  if (atLeast > k) throw new PipelineError('CONFIG_INVALID', `ensemble.atLeast: must be at most k, ${k} (found ${atLeast})`);
  const plans = parts.flatMap(({ plan }) => plan.targets).map((plan) => ({ ...plan, params: { ...plan.params, ensemble: k } }));
  let turn = 0;

  const ask = (request: CaptionRequest): Observable<Answer> => {
    const chosen = Array.from({ length: k }, (_, n) => parts[(turn + n) % parts.length]!);
    turn = (turn + 1) % parts.length;
    const calls = chosen.map((part) => defer(() => part(request)).pipe(catchError((error: unknown) => of(error as Error))));
    return forkJoin(calls).pipe(
      map((outcomes) => {
        const answers = outcomes.filter((outcome): outcome is Answer => !(outcome instanceof Error));
        if (answers.length < atLeast) throw failureOf(outcomes.filter((outcome) => outcome instanceof Error));
        return closest(answers, request, plans);
      }),
    );
  };

  const order = parts.flatMap(({ plan }) => plan.paths.flatMap((path) => path.order));
  const plan = { targets: plans, paths: [{ share: 1, order }], notes: [`${k} captions for each frame from different targets`] };
  const close = async (): Promise<void> => {
    await Promise.all(parts.map(async (part) => part.close?.()));
  };
  const all = parts.map(availabilityOf);
  return Object.assign(makeCaptioner(ask, plan, close), {
    availability: combineAvailability(all, { needed: atLeast, asked: () => all }),
  });
}

/** An expired claim is no failure of a target: the ledger is asked again. */
const failureOf = (failures: readonly Error[]): Error =>
  failures.find((failure) => codeOf(failure) === 'CLAIM_EXPIRED') ?? combineFailures(failures);

/** The caption closest to all the others, with how far they agree. */
function closest(answers: readonly Answer[], request: CaptionRequest, plans: readonly TargetPlan[]): Answer {
  const words = answers.map(({ text }) => comparedWords(text));
  const closeness = words.map((own, i) => words.reduce((sum, other, j) => (i === j ? sum : sum + agreement(own, other)), 0));
  const best = closeness.indexOf(Math.max(...closeness));
  const pairs = answers.length * (answers.length - 1);
  const mean = pairs === 0 ? 1 : closeness.reduce((sum, value) => sum + value, 0) / pairs;
  const answer = answers[best]!;
  const plan = plans.find(({ target }) => target === answer.target);
  return {
    ...answer,
    ...(plan && { requestHash: requestHash(request, plan) }),
    ensemble: {
      agreement: Math.round(mean * 1e4) / 1e4,
      others: answers.filter((_, i) => i !== best).map(({ target, model, text }) => ({ target, model, text })),
    },
  };
}
