import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Availability } from '../../../src/interpret/availability.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { budget } from '../../../src/interpret/combinators/budget.ts';
import { ensemble } from '../../../src/interpret/combinators/ensemble.ts';
import { fallback } from '../../../src/interpret/combinators/fallback.ts';
import { hedge } from '../../../src/interpret/combinators/hedge.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { PipelineError } from '../../../src/errors.ts';
import { request } from '../support/request.ts';
import { answerOf, available, scripted } from '../support/scripted.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = (): number => performance.now();
const textOf = async (captioner: Captioner): Promise<string> => (await firstValueFrom(captioner(request()))).text;

describe('the availability of a fallback', () => {
  it('is that of the first part that is not away', () => {
    const [a, b] = [available('a'), available('b')];
    const { availability } = fallback(a, b) as { availability: Availability };
    a.availability.set({ readyAt: now() + 500 });
    expect(availability.readyAt(request(), now())).toBe(now() + 500);
    a.availability.set({ backAt: now() + 60_000 });
    expect(availability.readyAt(request(), now())).toBe(-Infinity);
    expect(availability.backAt(now())).toBe(-Infinity);
    b.availability.set({ backAt: now() + 90_000 });
    expect(availability.backAt(now())).toBe(now() + 60_000);
    a.availability.set({ isDown: true });
    expect(availability.isDown(now())).toBe(false);
    b.availability.set({ isDown: true });
    expect(availability.isDown(now())).toBe(true);
  });

  it('tells of changes of every part', () => {
    const [a, b] = [available('a'), available('b')];
    const { availability } = fallback(a, b) as { availability: Availability };
    const heard = vi.fn<() => void>();
    const end = availability.onChange(heard);
    a.availability.set({});
    b.availability.set({});
    end();
    b.availability.set({});
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

describe('a fallback alone', () => {
  it('waits out a short cooldown of its first', async () => {
    const [a, b] = [available('a'), available('b')];
    a.availability.set({ backAt: now() + 4_000 });
    const answer = textOf(fallback(a, b));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await answer).toBe('from a');
    expect(b.asked).toEqual([]);
  });

  it('does not wait for a cooldown of more than ten seconds, nor for one that outlasts the frame’s deadline', async () => {
    const [a, b] = [available('a'), available('b')];
    const both = fallback(a, b);
    a.availability.set({ backAt: now() + 20_000 });
    expect(await textOf(both)).toBe('from b');
    a.availability.set({ backAt: now() + 4_000 });
    const live = firstValueFrom(both(request({ deadlineMs: now() + 2_000 })));
    expect((await live).text).toBe('from b');
    expect(a.asked).toEqual([]);
  });

  it('lets frames that wait already go on when their first cools down for long', async () => {
    const [a, b] = [available('a'), available('b')];
    const both = fallback(a, b);
    a.availability.set({ readyAt: Infinity });
    const answers = [textOf(both), textOf(both)];
    a.availability.set({ backAt: now() + 30_000 });
    expect(await Promise.all(answers)).toEqual(['from b', 'from b']);
  });

  it('asks one that is away last, when the others have failed', async () => {
    const a = available('a');
    const b = available('b', () => new PipelineError('PROVIDER_FAILED', 'b is down'));
    a.availability.set({ backAt: now() + 20_000 });
    expect(await textOf(fallback(a, b))).toBe('from a');
  });
});

describe('a composite within a route', () => {
  it('is passed over while its parts are away, and takes its share again when one is back', async () => {
    const [a, b, c] = [available('a'), available('b'), available('c')];
    const both = route({ targets: { x: fallback(a, b), c }, weights: { x: 1, c: 0 }, fallbacks: { x: ['c'] } });
    for (const part of [a, b]) part.availability.set({ backAt: now() + 60_000 });
    expect(await textOf(both)).toBe('from c');
    b.availability.set({ backAt: -Infinity });
    expect(await textOf(both)).toBe('from b');
  });

  it('is out of play while its parts are capped by a quota: its share goes to the others', async () => {
    const [a, b, c] = [available('a'), available('b'), available('c')];
    const all = route({ targets: { x: ensemble({ targets: { a, b } }), c } });
    for (const part of [a, b]) part.availability.set({ readyAt: now() + 5_000, isCapped: true });
    for (let n = 0; n < 40; n++) expect(await textOf(all)).toBe('from c');
    for (const part of [a, b]) part.availability.set({ readyAt: -Infinity, isCapped: false });
    let others = 0;
    for (let n = 0; n < 40; n++) if ((await textOf(all)) === 'from c') others++;
    expect(others).toBe(20);
  });

  it('ensemble is available while as many of its targets are as must answer', () => {
    const [a, b, c] = [available('a'), available('b'), available('c')];
    const { availability } = ensemble({ targets: { a, b, c }, atLeast: 2 }) as { availability: Availability };
    a.availability.set({ backAt: now() + 100, isDown: true });
    expect(availability.readyAt(request(), now())).toBe(-Infinity);
    b.availability.set({ backAt: now() + 200 });
    expect(availability.readyAt(request(), now())).toBe(now() + 100);
    expect(availability.isDown(now())).toBe(false);
    b.availability.set({ isDown: true });
    expect(availability.isDown(now())).toBe(true);
  });

  it('may be a route, or a chain of combinators: all of them pass on when they may be asked', async () => {
    const [a, b] = [available('a'), available('b')];
    const inner = budget(hedge(route({ targets: { a }, retries: 0 })), { usd: 1 });
    const outer = route({ targets: { inner, b }, weights: { inner: 1, b: 0 }, fallbacks: { inner: ['b'] } });
    a.availability.set({ backAt: now() + 60_000 });
    expect(await textOf(outer)).toBe('from b');
    expect(outer.plan.paths).toEqual([{ share: 1, order: ['a', 'b'] }]);
  });

  it('has its own paths in the plan, with its share and the fallbacks behind them', () => {
    const [a, b, c] = [scripted('a'), scripted('b'), scripted('c')];
    const { plan } = route({
      targets: { x: route({ targets: { a, b }, weights: { a: 3, b: 1 } }), y: fallback(b, c) },
      weights: { x: 1, y: 1 },
      fallbacks: { x: ['y'] },
    });
    expect(plan.paths).toEqual([
      { share: 0.375, order: ['a', 'b', 'c'] },
      { share: 0.125, order: ['b', 'c'] },
      { share: 0.5, order: ['b', 'c'] },
    ]);
  });
});

describe('a captioner that throws instead of erroring its Observable', () => {
  const throwing = (): Captioner =>
    scripted('a', (call) => {
      if (call === 0) throw new TypeError('a bug in a plug-in, once');
      return answerOf('a');
    });

  it.each([
    ['route', (one: Captioner) => route({ targets: { one } })],
    ['ensemble', (one: Captioner) => ensemble({ targets: { one, two: throwing() } })],
    ['fallback', (one: Captioner) => fallback(one)],
    ['budget', (one: Captioner) => budget(one, { usd: 1 })],
  ])('fails one frame of a %s, and the next is answered', async (_, combine) => {
    const captioner = combine(throwing());
    await expect(firstValueFrom(captioner(request()))).rejects.toThrow('a bug in a plug-in, once');
    expect(await textOf(captioner)).toBe('from a');
  });
});
