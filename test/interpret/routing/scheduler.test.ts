import { NEVER, firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { Scheduler } from '../../../src/interpret/routing/scheduler.ts';
import { request } from '../support/request.ts';
import { answerOf, available } from '../support/scripted.ts';
import { type SetTarget, routeTarget, rules } from './routeTargets.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const down = new PipelineError('PROVIDER_FAILED', 'down', { retryable: true });
const scripted = (name: string, script: Parameters<typeof available>[1]): SetTarget & { asked: string[] } => {
  const captioner = available(name, script);
  return { name, captioner, state: captioner.availability, asked: captioner.asked, weight: 1, currentWeight: 0, fallbacks: [] };
};

describe('the scheduler', () => {
  it('keeps frames waiting, first come, first served, until a target is ready', () => {
    const target = routeTarget('a');
    const scheduler = new Scheduler([target], rules);
    target.state.set({ readyAt: Infinity });
    const answered: string[] = [];
    for (const id of ['1', '2', '3']) scheduler.answer(request({ id })).subscribe(() => answered.push(id));
    expect(answered).toEqual([]);
    target.state.set({ readyAt: -Infinity });
    expect(answered).toEqual(['1', '2', '3']);
  });

  it('asks a frame that failed before the frames that wait', async () => {
    let isFirst = true;
    const target = scripted('a', (_, { id }) => {
      if (id !== 'failing' || !isFirst) return answerOf('a');
      isFirst = false;
      return down;
    });
    const scheduler = new Scheduler([target], rules);
    const first = firstValueFrom(scheduler.answer(request({ id: 'failing' })));
    target.state.set({ readyAt: Infinity });
    const second = firstValueFrom(scheduler.answer(request({ id: 'waiting' })));
    await vi.advanceTimersByTimeAsync(1_000);
    target.state.set({ readyAt: -Infinity });
    await Promise.all([first, second]);
    expect(target.asked).toEqual(['failing', 'failing', 'waiting']);
  });

  it('fails the frame alone where a captioner throws, and goes on (issue 10)', async () => {
    const target = scripted('a', (call) => {
      if (call === 0) throw new TypeError('a bug');
      return answerOf('a');
    });
    const scheduler = new Scheduler([target], rules);
    await expect(firstValueFrom(scheduler.answer(request()))).rejects.toThrow('a bug');
    expect((await firstValueFrom(scheduler.answer(request()))).text).toBe('from a');
  });

  it('does not let a captioner that throws reach what made the target ready', async () => {
    const target = scripted('a', () => {
      throw new TypeError('a bug');
    });
    target.state.set({ readyAt: Infinity });
    const failed = expect(firstValueFrom(new Scheduler([target], rules).answer(request()))).rejects.toThrow('a bug');
    expect(() => target.state.set({ readyAt: -Infinity })).not.toThrow();
    await failed;
  });

  it('drops a frame at its deadline while it waits for its retry', async () => {
    const target = scripted('a', () => down);
    const scheduler = new Scheduler([target], { ...rules, backoffMs: 5_000 });
    const late = expect(firstValueFrom(scheduler.answer(request({ deadlineMs: performance.now() + 1_000 })))).rejects.toMatchObject({
      code: 'DEADLINE_PASSED',
      message: expect.stringContaining('the last error: down'),
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await late;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(target.asked).toHaveLength(1);
  });

  it('hangs up the call of a frame that is taken back, and lets the next one go', () => {
    const hungUp = vi.fn<() => void>();
    const target = scripted('a', (call) => (call === 0 ? NEVER : answerOf('a')));
    const scheduler = new Scheduler([target], rules);
    const call = scheduler.answer(request()).subscribe();
    call.add(hungUp);
    call.unsubscribe();
    expect(hungUp).toHaveBeenCalledOnce();
    const answered: string[] = [];
    scheduler.answer(request()).subscribe(({ text }) => answered.push(text));
    expect(answered).toEqual(['from a']);
  });

  it('ends with one error of all targets, or with the only one', async () => {
    const [a, b] = [scripted('a', () => down), scripted('b', () => down)];
    const both = new Scheduler([{ ...a, fallbacks: [b] }, b], { ...rules, retries: 0 });
    await expect(firstValueFrom(both.answer(request()))).rejects.toMatchObject({ code: 'PROVIDERS_EXHAUSTED', message: 'down; down' });
    const one = new Scheduler([scripted('a', () => down)], { ...rules, retries: 0 });
    await expect(firstValueFrom(one.answer(request()))).rejects.toBe(down);
  });
});
