import { Observable, firstValueFrom, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { TargetPlan } from '../../../src/interpret/plan.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import { ensemble } from '../../../src/interpret/combinators/ensemble.ts';
import { fallback } from '../../../src/interpret/combinators/fallback.ts';
import { hedge } from '../../../src/interpret/combinators/hedge.ts';
import { withRetries } from '../../../src/interpret/combinators/withRetries.ts';
import { withTimeout } from '../../../src/interpret/combinators/withTimeout.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { request } from '../support/request.ts';
import { chatAnswer, chatError, json, stubServer } from '../support/stubServer.ts';

const plan = (target: string): TargetPlan => ({
  target,
  provider: 'stub',
  model: target,
  params: {},
  limits: [],
  worstCostUsd: () => 0,
  missingKeys: () => [],
});

/** Says a text after a time that the test decides; counts calls and hang-ups. */
function scripted(name: string, text: string, ms: (call: number) => number = () => 0): Captioner & { calls: number; hungUp: number } {
  const made = makeCaptioner(
    () =>
      new Observable<Answer>((subscriber) => {
        const timer = setTimeout(
          () => {
            subscriber.next({
              text,
              target: name,
              provider: 'stub',
              model: name,
              inputTokens: 1,
              outputTokens: 1,
              costUsd: 0,
              priceDate: '',
              flags: [],
              cache: 'none',
              requestHash: 'aa',
            });
            subscriber.complete();
          },
          ms(made.calls++),
        );
        return () => {
          if (!subscriber.closed) made.hungUp++;
          clearTimeout(timer);
        };
      }),
    { targets: [plan(name)], paths: [{ share: 1, order: [name] }], notes: [] },
  ) as Captioner & { calls: number; hungUp: number };
  return Object.assign(made, { calls: 0, hungUp: 0 });
}

/** Lets virtual time pass until it is done. */
async function passing<T>(work: Promise<T>): Promise<T> {
  const finished = work.then(
    () => true,
    () => true,
  );
  for (;;) {
    const step = vi.advanceTimersByTimeAsync(5).then(() => false);
    if (await Promise.race([finished, step])) break;
  }
  return work;
}

describe('hedge', () => {
  it('halves the slowest hundredth where 2 % of calls take ten times as long, for at most 3 % more calls', async () => {
    const slow = (n: number): number => (n % 50 === 49 ? 300 : 30);
    const measure = async (one: Captioner): Promise<number> => {
      const took: number[] = [];
      for (let batch = 0; batch < 20; batch++) {
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const began = performance.now();
            await firstValueFrom(one(request()));
            if (batch >= 5) took.push(performance.now() - began);
          }),
        );
      }
      took.sort((a, b) => a - b);
      return took[Math.floor(took.length * 0.99)]!;
    };
    const bare = scripted('a', 'x', slow);
    const inner = scripted('a', 'x', slow);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
    const [before, after] = [await passing(measure(bare)), await passing(measure(hedge(inner)))];
    vi.useRealTimers();
    expect(after).toBeLessThan(before / 2);
    expect(inner.calls - 400).toBeGreaterThan(0);
    expect(inner.calls - 400).toBeLessThanOrEqual(12);
  });

  it('leaves the loser in the route as cancelled', async () => {
    await using server = await stubServer(
      (response, _, n) => void setTimeout(() => json(response, 200, chatAnswer()), n === 60 ? 2_000 : 2),
    );
    const hedged = hedge(openai({ model: 'gpt-4o', baseUrl: server.url }), { extra: 1 });
    for (let n = 0; n < 60; n++) await firstValueFrom(hedged(request()));
    const asked = request();
    await firstValueFrom(hedged(asked));
    expect(asked.route.map(({ outcome }) => outcome).toSorted()).toEqual(['cancelled', 'ok']);
    await expect.poll(() => server.seen[60]!.hungUp).toBe(true);
    await hedged.close?.();
  });
});

describe('ensemble', () => {
  it('takes the caption that is closest to the others, with their agreement', async () => {
    const all = ensemble({
      targets: {
        a: scripted('a', 'A bright disc moves to the left.'),
        b: scripted('b', 'A disc moves left.'),
        c: scripted('c', 'Two people walk.'),
      },
    });
    const answer = await firstValueFrom(all(request()));
    expect(['a', 'b']).toContain(answer.target);
    expect(answer.ensemble!.others).toHaveLength(2);
    expect(answer.ensemble!.agreement).toBeGreaterThan(0.2);
    expect(answer.ensemble!.agreement).toBeLessThan(0.5);
  });

  it('asks k of its targets in turn, and lives with a failure', async () => {
    const bad = makeCaptioner(() => throwError(() => new PipelineError('PROVIDER_FAILED', 'down')), {
      targets: [plan('bad')],
      paths: [],
      notes: [],
    });
    const good = scripted('good', 'A disc.');
    const some = ensemble({ targets: { good, bad }, k: 2 });
    expect((await firstValueFrom(some(request()))).text).toBe('A disc.');
    const strict = ensemble({ targets: { good, bad }, k: 2, atLeast: 2 });
    await expect(firstValueFrom(strict(request()))).rejects.toMatchObject({ code: 'PROVIDERS_EXHAUSTED', message: 'down' });
  });

  it('is not to be mistaken in the ledger for one of its targets', () => {
    expect(ensemble({ targets: { a: scripted('a', ''), b: scripted('b', '') } }).plan.targets[0]!.params).toEqual({ ensemble: 2 });
    expect(() => ensemble({ targets: { a: scripted('a', '') }, k: 2 })).toThrow(/at most the number of targets, 1 \(found 2\)/);
  });
});

describe('small combinators', () => {
  it('withRetries honours Retry-After, and does not repeat what cannot pass', async () => {
    await using server = await stubServer((response, _, n) =>
      n === 0
        ? json(response, 429, chatError('x', 'rate_limit_exceeded'), { 'retry-after-ms': '200' })
        : n === 1
          ? json(response, 200, chatAnswer())
          : json(response, 400, chatError('bad')),
    );
    const target = withRetries(openai({ model: 'gpt-4o', baseUrl: server.url }), { backoffMs: 1 });
    const began = performance.now();
    await firstValueFrom(target(request()));
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
    await expect(firstValueFrom(target(request()))).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });
    expect(server.seen).toHaveLength(3);
    await target.close?.();
  });

  it('withTimeout closes the socket and records a timeout', async () => {
    await using server = await stubServer(() => {});
    const target = withTimeout(openai({ model: 'gpt-4o', baseUrl: server.url }), { ms: 60 });
    const asked = request();
    await expect(firstValueFrom(target(asked))).rejects.toMatchObject({ code: 'PROVIDER_FAILED', retryable: true });
    expect(asked.route).toMatchObject([{ outcome: 'timeout' }]);
    await expect.poll(() => server.seen[0]!.hungUp).toBe(true);
    await target.close?.();
  });

  it('fallback asks in turn, and ends with every cause', async () => {
    const down = (name: string): Captioner =>
      makeCaptioner(() => throwError(() => new PipelineError('PROVIDER_FAILED', `${name} is down`, { retryable: true })), {
        targets: [plan(name)],
        paths: [],
        notes: [],
      });
    expect((await firstValueFrom(fallback(down('a'), scripted('b', 'yes'))(request()))).text).toBe('yes');
    await expect(firstValueFrom(fallback(down('a'), down('b'))(request()))).rejects.toMatchObject({
      code: 'PROVIDERS_EXHAUSTED',
      message: 'a is down; b is down',
    });
  });
});
