import { Observable, type Subscription, defer, finalize } from 'rxjs';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest, SettleCost } from '../captionRequest.ts';
import { type QueueEntry, WaitingQueue } from '../limits/waitingQueue.ts';
import { worstCostUsd } from '../pricing/worstCostUsd.ts';
import { FrameBudget } from './support/frameBudget.ts';
import { SpendingCap } from './support/spendingCap.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

export interface BudgetOptions {
  /** Cap in USD for this run. @default none */
  usd?: number;
  /** Cap in USD for each day (UTC), over all runs that share `file`. @default none */
  usdPerDay?: number;
  /** Where the day's spending is kept; needed with `usdPerDay`. */
  file?: string;
}

const cap = z.number().positive('must be above 0 USD');
const schema = z
  .strictObject({ usd: cap.optional(), usdPerDay: cap.optional(), file: z.string().min(1).optional() })
  .refine(({ usd, usdPerDay }) => usd !== undefined || usdPerDay !== undefined, 'must have usd or usdPerDay')
  .refine(({ usdPerDay, file }) => usdPerDay === undefined || file !== undefined, 'usdPerDay needs a file that remembers the day');

/**
 * A hard cap, around a target or around everything. The worst-case cost of each call is reserved before it is made, so the
 * cap is never passed; a frame that does not fit waits for the calls under way, and where nothing is under way it fails
 * with BUDGET_SPENT. What was asked for stays in the ledger, so a later run goes on where this one stopped.
 */
export function budget(inner: Captioner, options: BudgetOptions): Captioner {
  const { usd = Infinity, usdPerDay = Infinity, file } = readOptions('budget', schema, options);
  refuseUnpriced(inner);
  const room = new BudgetRoom(new SpendingCap({ usd, usdPerDay, file }));
  const caps = [usd < Infinity && `${usd} USD a run`, usdPerDay < Infinity && `${usdPerDay} USD a day`].filter(Boolean);
  return wrapCaptioner(inner, (target, request) => room.ask(target, request), `at most ${caps.join(' and ')}`);
}

function refuseUnpriced({ plan }: Captioner): void {
  const unpriced = plan.targets.find((target) => target.worstCostUsd({ width: 1, height: 1 }, 1) === null);
  if (!unpriced) return;
  const { target, model } = unpriced;
  throw new PipelineError(
    'CONFIG_INVALID',
    `budget: the price of ${model} (target ${target}) is not known, so no cap can hold; give it a price`,
  );
}

/** Frames that wait until the worst case of their first call can be reserved, first come, first served. */
class BudgetRoom {
  readonly #cap: SpendingCap;
  readonly #queue = new WaitingQueue();
  /** Frames that were admitted and are not done: what they reserved may become free. */
  #admitted = 0;

  constructor(spending: SpendingCap) {
    this.#cap = spending;
  }

  ask(target: Captioner, request: CaptionRequest): Observable<Answer> {
    return new Observable((subscriber) => {
      const worstUsd = Math.max(...target.plan.targets.map((plan) => worstCostUsd(plan, request)));
      let call: Subscription | undefined;
      const entry: QueueEntry = {
        deadlineMs: request.deadlineMs,
        ready: () => {
          const settle = this.#cap.reserve(worstUsd);
          if (settle) {
            return () => {
              call = this.#admit(target, request, worstUsd, settle).subscribe(subscriber);
            };
          }
          return this.#admitted > 0 ? Infinity : () => subscriber.error(this.#spent(worstUsd));
        },
        expire: () =>
          subscriber.error(
            new PipelineError('DEADLINE_PASSED', 'the caption would come too late: the budget was reserved for other calls'),
          ),
      };
      this.#queue.add(entry);
      return () => {
        this.#queue.delete(entry);
        call?.unsubscribe();
      };
    });
  }

  #admit(target: Captioner, request: CaptionRequest, worstUsd: number, settle: SettleCost): Observable<Answer> {
    const own = new FrameBudget(this.#cap, worstUsd, settle, request.budget);
    this.#admitted++;
    return defer(() => target({ ...request, budget: own })).pipe(
      finalize(() => {
        this.#admitted--;
        own.close();
        this.#queue.advance();
      }),
    );
  }

  #spent(worstUsd: number): PipelineError {
    return new PipelineError(
      'BUDGET_SPENT',
      `the budget is spent: ${this.#cap.describe()}; the next call could cost ${worstUsd.toFixed(6)} USD`,
    );
  }
}
