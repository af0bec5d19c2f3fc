import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import type { CaptionRequest, Captioner, Purse } from '../captioner.ts';
import { textTokens } from '../pricing/estimate.ts';
import { today } from '../pricing/price.ts';
import { wrap } from './support/wrap.ts';

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
 * A hard cap, around a target or around everything. Each call is held against its worst case before it is made, so the
 * cap is never passed; a frame that does not fit waits for the calls under way, and where nothing is under way it fails
 * with BUDGET_SPENT. What was asked for stays in the ledger, so a later run goes on where this one stopped.
 */
export function budget(inner: Captioner, options: BudgetOptions): Captioner {
  const { usd = Infinity, usdPerDay = Infinity, file } = readOptions('budget', schema, options);
  const unpriced = inner.plan.targets.find((target) => target.worstCostUsd({ width: 1, height: 1 }, 1) === null);
  if (unpriced) {
    const { target, model } = unpriced;
    throw new PipelineError(
      'CONFIG_INVALID',
      `budget: the price of ${model} (target ${target}) is not known, so no cap can hold; give it a price`,
    );
  }
  const till = tills(usd, usdPerDay, file);
  /** Frames that wait for money, first come first served. */
  const waiting = new Set<() => boolean>();
  let admitted = 0;
  const look = (): void => {
    for (const admit of waiting) if (!admit()) return;
  };

  const ask = (target: Captioner, request: CaptionRequest): Observable<Answer> =>
    new Observable((subscriber) => {
      const worst = worstOfAll(target, request);
      let call: { unsubscribe(): void } | undefined;
      let release: (() => void) | undefined;
      const admit = (): boolean => {
        const share = till.hold(worst);
        if (!share && admitted > 0) return false;
        waiting.delete(admit);
        if (!share) {
          subscriber.error(
            new PipelineError('BUDGET_SPENT', `the budget is spent: ${till.describe()}; the next call could cost ${worst.toFixed(6)} USD`),
          );
          return true;
        }
        admitted++;
        const purse = frameTill(till, worst, share, request.purse);
        let over = false;
        release = (): void => {
          if (over) return;
          over = true;
          admitted--;
          purse.close();
          look();
        };
        call = target({ ...request, purse }).subscribe(subscriber);
        subscriber.add(release);
        return true;
      };
      waiting.add(admit);
      look();
      return () => {
        waiting.delete(admit);
        call?.unsubscribe();
        release?.();
      };
    });

  const caps = [usd < Infinity && `${usd} USD a run`, usdPerDay < Infinity && `${usdPerDay} USD a day`].filter(Boolean);
  return wrap(inner, ask, `at most ${caps.join(' and ')}`);
}

const worstOfAll = ({ plan }: Captioner, { image, prompt }: CaptionRequest): number => {
  const promptTokens = 64 + 2 * textTokens(prompt.system, prompt.user);
  return 1.25 * Math.max(...plan.targets.map((target) => target.worstCostUsd(image, promptTokens, prompt.maxOutputTokens) ?? 0));
};

interface Till extends Purse {
  describe(): string;
}

function tills(usd: number, usdPerDay: number, file: string | undefined): Till {
  let spent = 0;
  let held = 0;
  const day = file === undefined ? undefined : dayBook(file);
  return {
    describe: () =>
      [usd < Infinity && `${spent.toFixed(6)} of ${usd} USD for this run`, day && `${day.spent().toFixed(6)} of ${usdPerDay} USD today`]
        .filter(Boolean)
        .join(', '),
    hold(worst) {
      if (spent + held + worst > usd) return undefined;
      if (day && day.spent() + held + worst > usdPerDay) return undefined;
      held += worst;
      day?.draw(held);
      return (cost) => {
        held -= worst;
        spent += cost;
        day?.add(cost);
      };
    },
  };
}

/** A frame's own share: its first call is paid from it; further calls take from the till, or are not made. */
function frameTill(till: Till, worst: number, share: (usd: number) => void, outer: Purse | undefined): Purse & { close(): void } {
  let pay: ((usd: number) => void) | undefined = share;
  return {
    hold(amount) {
      const own = pay !== undefined && amount <= worst ? pay : till.hold(amount);
      if (!own) return undefined;
      const both = outer ? outer.hold(amount) : undefined;
      if (outer && !both) {
        if (own !== pay) own(0);
        return undefined;
      }
      if (own === pay) pay = undefined;
      return (cost) => {
        own(cost);
        both?.(cost);
      };
    },
    close() {
      pay?.(0);
      pay = undefined;
    },
  };
}

interface DayBook {
  spent(): number;
  add(usd: number): void;
  /** So much may be spent before the file is written again. */
  draw(held: number): void;
}

/** How much is written down in advance: after a crash the day seems dearer by at most this, never cheaper. */
const DRAW_USD = 0.05;

/** The day's spending in a file `{"day":"2026-11-22","usd":1.25}`, written before money is spent. */
function dayBook(file: string): DayBook {
  let day = '';
  let spent = 0;
  let written = 0;
  const turn = (): void => {
    const now = today(Date.now());
    if (now === day) return;
    if (day === '') spent = written = readDay(file, now);
    else spent = written = 0;
    day = now;
  };
  const write = (usd: number): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ day, usd })}\n`);
    renameSync(`${file}.new`, file);
    written = usd;
  };
  return {
    spent() {
      turn();
      return spent;
    },
    add(usd) {
      turn();
      spent += usd;
    },
    draw(held) {
      turn();
      if (spent + held > written) write(spent + held + DRAW_USD);
    },
  };
}

function readDay(file: string, day: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return 0;
  }
  try {
    const found = JSON.parse(text) as { day: string; usd: number };
    return found.day === day ? found.usd : 0;
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `budget.file: ${file} is not what budget() wrote; mend or remove it`, { cause });
  }
}
