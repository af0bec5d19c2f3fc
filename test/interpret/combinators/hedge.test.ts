import { Observable, firstValueFrom } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { hedge } from '../../../src/interpret/combinators/hedge.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted } from '../support/scripted.ts';
import { chatAnswer, json, stubServer } from '../support/stubServer.ts';

/** A captioner that takes so many milliseconds for each call. */
const timed = (ms: (call: number) => number) =>
  scripted(
    'a',
    (call) =>
      new Observable<Answer>((subscriber) => {
        const timer = setTimeout(() => {
          subscriber.next(answerOf('a'));
          subscriber.complete();
        }, ms(call));
        return () => clearTimeout(timer);
      }),
  );

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
    const [bare, inner] = [timed(slow), timed(slow)];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
    const [before, after] = [await passing(measure(bare)), await passing(measure(hedge(inner)))];
    vi.useRealTimers();
    expect(after).toBeLessThan(before / 2);
    expect(inner.asked.length - 400).toBeGreaterThan(0);
    expect(inner.asked.length - 400).toBeLessThanOrEqual(12);
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

  it('asks a second time when the first call is late, takes whichever answers first, and hangs up on the other', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const usual = cold('- 9ms (a|)', { a: answerOf('usual') });
      const late = cold('- 99ms (a|)', { a: answerOf('late') });
      const second = cold('---(a|)', { a: answerOf('second') });
      const hedged = hedge(
        scripted('a', (call) => (call < 60 ? usual : call === 60 ? late : second)),
        { atLeastMs: 20, extra: 0.5 },
      );
      // Each of the first calls ends before the next: the latency that is usual is about 10 ms.
      for (let n = 0; n < 60; n++)
        expectObservable(hedged(request()), `- ${n * 20}ms ^`).toBe(`- ${n * 20 + 10}ms (a|)`, { a: answerOf('usual') });
      expectObservable(hedged(request()), '- 1200ms ^').toBe('- 1223ms (a|)', { a: answerOf('second') });
      expectSubscriptions(late.subscriptions).toBe('- 1200ms ^ 22ms !');
    });
  });

  it('makes no second call while it has none to spend', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const inner = scripted('a', () => cold('- 9ms (a|)', { a: answerOf('a') }));
      const hedged = hedge(inner, { atLeastMs: 0, extra: 0.001 });
      for (let n = 0; n < 60; n++)
        expectObservable(hedged(request()), `- ${n * 20}ms ^`).toBe(`- ${n * 20 + 10}ms (a|)`, { a: answerOf('a') });
      flush();
      expect(inner.asked).toHaveLength(60);
    });
  });
});
