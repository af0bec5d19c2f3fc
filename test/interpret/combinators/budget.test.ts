import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observable, defer, finalize, firstValueFrom, map, timer } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import { budget } from '../../../src/interpret/combinators/budget.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { type OpenaiOptions, openai } from '../../../src/interpret/providers/openai.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, planOf, scripted } from '../support/scripted.ts';
import { type StubServer, chatAnswer, json, stubServer } from '../support/stubServer.ts';

let server: StubServer;
let folder: string;
/** Costs 120 * 2.5 + 20 * 10 = 500 millionths of a dollar a call. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-budget-'));
  server = await stubServer((response) =>
    setTimeout(() => json(response, 200, chatAnswer('A disc.', { usage: { prompt_tokens: 120, completion_tokens: 20 } })), 5),
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
const EACH = 0.0005;
const target = (over: Partial<OpenaiOptions> = {}): Captioner =>
  openai({ model: 'gpt-4o', baseUrl: server.url, price: { input: 2.5, output: 10 }, ...over });

/** Asks for many frames at once; says what was spent and what became of them. */
async function spend(captioner: Captioner, frames: number): Promise<{ answered: number; codes: Set<string>; usd: number }> {
  const requests = Array.from({ length: frames }, () => request({ prompt: { ...request().prompt, maxOutputTokens: 20 } }));
  const outcomes = await Promise.allSettled(requests.map((asked) => firstValueFrom(captioner(asked))));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : []));
  const usd = requests.flatMap(({ route: attempts }) => attempts).reduce((sum, { costUsd }) => sum + costUsd!, 0);
  await captioner.close?.();
  return { answered: frames - failures.length, codes: new Set(failures), usd };
}

it('is never passed, however many frames come at once, and is nearly used up', async () => {
  const cap = EACH * 20;
  const { answered, codes, usd } = await spend(budget(target(), { usd: cap }), 200);
  expect(usd).toBeLessThanOrEqual(cap);
  expect(answered).toBeGreaterThanOrEqual(18);
  expect([...codes]).toEqual(['BUDGET_SPENT']);
});

it('of one target sends its frames to the others; of everything ends the run', async () => {
  const captioner = budget(
    route({
      targets: { expensive: budget(target(), { usd: EACH * 5 }), cheap: target({ price: { input: 0.1, output: 0.1 } }) },
      weights: { expensive: 1 },
      fallbacks: { expensive: ['cheap'] },
    }),
    { usd: 1 },
  );
  const asked = Array.from({ length: 30 }, () => request());
  const targets = await Promise.all(asked.map(async (one) => (await firstValueFrom(captioner(one))).target));
  expect(targets.filter((name) => name === 'cheap').length).toBeGreaterThan(20);
  expect(targets.filter((name) => name === 'expensive').length).toBeGreaterThanOrEqual(1);
  await captioner.close?.();
});

it('for a day holds over runs, and over a crash never counts less than was spent', async () => {
  const file = join(folder, 'day.json');
  const run = async (): Promise<number> => (await spend(budget(target(), { usdPerDay: EACH * 60, file }), 40)).usd;
  const first = await run();
  const kept = JSON.parse(await readFile(file, 'utf8')) as { usd: number };
  expect(kept.usd).toBeGreaterThanOrEqual(first);
  const second = await run();
  expect(first + second).toBeLessThanOrEqual(EACH * 60);
});

it('refuses a target whose price is not known, since no cap could hold', () => {
  expect(() => budget(openai({ model: 'gpt-99' }), { usd: 1 })).toThrow(/price of gpt-99 .* is not known/);
  expect(() => budget(target(), {})).toThrow(/must have usd or usdPerDay/);
  expect(() => budget(target(), { usdPerDay: 1 })).toThrow(/needs a file/);
});

describe('a budget in time', () => {
  /** A target whose calls cost 1 USD at worst and take 4 ms; each is reserved with a margin of a quarter, as 1.25 USD. */
  const costing = (usd: number) => {
    const call = ({ budget: money }: CaptionRequest): Observable<Answer> =>
      defer(() => {
        const settle = money!.reserve(1.25)!;
        let billedUsd = 0;
        return timer(4).pipe(
          map(() => {
            billedUsd = usd;
            return answerOf('a');
          }),
          finalize(() => settle(billedUsd)),
        );
      });
    const inner = scripted('a', (_, one) => call(one));
    const targets = [{ ...planOf('a'), worstCostUsd: () => 1 }];
    return Object.assign(inner, { plan: { ...inner.plan, targets } });
  };
  const answers = { a: answerOf('a') };

  it('lets a frame wait until a call that is under way has cost less than was reserved for it', () => {
    marbles(({ expectObservable }) => {
      const two = budget(costing(0.1), { usd: 2 });
      expectObservable(two(request())).toBe('----(a|)', answers);
      expectObservable(two(request()), '-^').toBe('--------(a|)', answers);
      const both = budget(costing(0.1), { usd: 2.5 });
      expectObservable(both(request())).toBe('----(a|)', answers);
      expectObservable(both(request()), '-^').toBe('-----(a|)', answers);
    });
  });

  it('fails a frame with BUDGET_SPENT as soon as no call is under way that could leave enough', () => {
    marbles(({ expectObservable, flush }) => {
      const inner = costing(1.25);
      const capped = budget(inner, { usd: 2 });
      const spent = expect.objectContaining({ code: 'BUDGET_SPENT', message: expect.stringContaining('1.250000 of 2 USD for this run') });
      expectObservable(capped(request())).toBe('----(a|)', answers);
      expectObservable(capped(request()), '-^').toBe('----#', undefined, spent);
      expectObservable(capped(request()), '------^').toBe('------#', undefined, spent);
      flush();
      expect(inner.asked).toHaveLength(1);
    });
  });

  it('gives back what was reserved for a call that is hung up or not made, to the frame that waits the longest', () => {
    marbles(({ expectObservable }) => {
      const capped = budget(costing(0.1), { usd: 2 });
      expectObservable(capped(request()), '^--!').toBe('----');
      expectObservable(capped(request()), '-^---').toBe('-------(a|)', answers);
      expectObservable(capped(request()), '--^--').toBe('-----------(a|)', answers);
      // Such as for a frame that gets the caption of another one.
      const free = Object.assign(
        scripted('a', () => timer(4).pipe(map(() => answers.a))),
        { plan: costing(1).plan },
      );
      const withoutCall = budget(free, { usd: 2 });
      expectObservable(withoutCall(request())).toBe('----(a|)', answers);
      expectObservable(withoutCall(request()), '-^').toBe('--------(a|)', answers);
    });
  });

  it('fails a frame at its deadline while it waits, and keeps no place for one whose caller has left', () => {
    marbles(({ expectObservable, flush }) => {
      const inner = costing(0.1);
      const capped = budget(inner, { usd: 2 });
      const late = expect.objectContaining({ code: 'DEADLINE_PASSED' });
      expectObservable(capped(request())).toBe('----(a|)', answers);
      expectObservable(capped(request({ deadlineMs: 3 })), '-^').toBe('---#', undefined, late);
      expectObservable(capped(request()), '-^!').toBe('--');
      expectObservable(capped(request()), '--^').toBe('--------(a|)', answers);
      flush();
      expect(inner.asked).toHaveLength(2);
    });
  });
});
