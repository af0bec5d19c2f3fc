import { type Observable, catchError, forkJoin, map, of } from 'rxjs';
import { z } from 'zod';
import { PipelineError, codeOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import { agreement, contentWords } from './support/agreement.ts';
import { combineFailures } from '../combineFailures.ts';
import type { Answer } from '../caption.ts';
import { type CaptionRequest, type Captioner, type TargetPlan, captioner } from '../captioner.ts';
import { requestHash } from '../requestHash.ts';

export interface EnsembleOptions {
  /** Who is asked, by name; each frame goes to `k` of them. */
  targets: Readonly<Record<string, Captioner>>;
  /** Captions for each frame. @default all targets */
  k?: number;
  /** Captions that must come for the frame not to fail. @default 1 */
  atLeast?: number;
}

const schema = z.strictObject({
  targets: z.record(
    z.string().min(1),
    z.custom<Captioner>((value) => typeof value === 'function' && 'plan' in value, 'must be a captioner, such as openai({...})'),
  ),
  k: z.int().min(2, 'must be 2 or more').optional(),
  atLeast: z.int().min(1).default(1),
});

/**
 * Several captions of each frame from different targets. The answer is the caption that is closest to all the others by
 * its content words; how much they agree, and what the others said, goes with it.
 */
export function ensemble(options: EnsembleOptions): Captioner {
  const { targets, atLeast, k = Object.keys(options.targets).length } = readOptions('ensemble', schema, options);
  const named = Object.entries(targets).map(([name, target]) => target.named?.(name) ?? target);
  if (k > named.length)
    throw new PipelineError('CONFIG_INVALID', `ensemble.k: must be at most the number of targets, ${named.length} (found ${k})`);
  if (atLeast > k) throw new PipelineError('CONFIG_INVALID', `ensemble.atLeast: must be at most k, ${k} (found ${atLeast})`);
  const plans = named.flatMap(({ plan }) => plan.targets).map((plan) => ({ ...plan, params: { ...plan.params, ensemble: k } }));
  let turn = 0;

  const ask = (request: CaptionRequest): Observable<Answer> => {
    const chosen = Array.from({ length: k }, (_, n) => named[(turn + n) % named.length]!);
    turn = (turn + 1) % named.length;
    const calls = chosen.map((one) => one(request).pipe(catchError((error: unknown) => of(error as Error))));
    return forkJoin(calls).pipe(
      map((outcomes) => {
        const answers = outcomes.filter((outcome): outcome is Answer => !(outcome instanceof Error));
        if (answers.length < atLeast) throw failureOf(outcomes.filter((outcome) => outcome instanceof Error));
        return together(answers, request, plans);
      }),
    );
  };

  const order = named.flatMap(({ plan }) => plan.paths.flatMap((path) => path.order));
  const note = `${k} captions for each frame from different targets`;
  return captioner(ask, { targets: plans, paths: [{ share: 1, order }], notes: [note] }, async () => {
    await Promise.all(named.map(async (one) => one.close?.()));
  });
}

/** An expired claim is no failure of a target: the ledger is asked again. */
const failureOf = (failures: readonly Error[]): Error =>
  failures.find((failure) => codeOf(failure) === 'CLAIM_EXPIRED') ?? combineFailures(failures);

/** The caption closest to all the others, with how far they agree. */
function together(answers: readonly Answer[], request: CaptionRequest, plans: readonly TargetPlan[]): Answer {
  const words = answers.map(({ text }) => contentWords(text));
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
