import { type Observable, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { definePipeline } from '../../../src/definePipeline.ts';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { fallback } from '../../../src/interpret/combinators/fallback.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { runPipeline } from '../../../src/runPipeline.ts';
import { known } from '../../../src/secret.ts';
import { smallPipeline, tenEvents } from '../../parts.ts';
import { PipelineError } from '../../../src/errors.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, available, scripted } from '../support/scripted.ts';
import { type Reply, chatAnswer, chatError, json, stubServer } from '../support/stubServer.ts';

const rejectsKeys: Reply = (response) => json(response, 401, chatError('Incorrect API key', 'invalid_api_key'));
const answers: Reply = (response) => json(response, 200, chatAnswer('yes'));
const target = (baseUrl: string): Captioner => openai({ model: 'gpt-4o', baseUrl, keys: known('k', 'x') });

describe('a target whose keys are all rejected', () => {
  it('is passed over: the next captioner answers every frame of the run', async () => {
    await using dead = await stubServer(rejectsKeys);
    await using healthy = await stubServer(answers);
    const { options, sink, deadLetters } = smallPipeline(Array.from({ length: 10 }, (_, index) => tenEvents(index)));
    const captioner = fallback(target(dead.url), target(healthy.url));
    await runPipeline(definePipeline({ ...options, captioner, workers: 0 }), new AbortController().signal);
    expect(deadLetters.values).toEqual([]);
    const captioned = sink.values.filter(({ status }) => status === 'captioned');
    expect(captioned).toHaveLength(10);
    expect(new Set(captioned.map(({ rawCaption }) => rawCaption))).toEqual(new Set(['yes']));
  });

  it('ends the run, instead of every frame, where no other is left', async () => {
    await using dead = await stubServer(rejectsKeys);
    const both = fallback(target(dead.url), target(dead.url));
    await expect(firstValueFrom(both(request()))).rejects.toMatchObject({ code: 'PROVIDERS_EXHAUSTED' });
    await expect(firstValueFrom(both(request()))).rejects.toMatchObject({ code: 'KEYS_REJECTED' });
    expect(dead.seen).toHaveLength(2);
    await both.close?.();
  });

  it('alone ends the run, and what is left is neither captioned nor dead-lettered', async () => {
    await using dead = await stubServer(rejectsKeys);
    const { options, source, deadLetters } = smallPipeline(Array.from({ length: 20 }, (_, index) => tenEvents(index)));
    const run = runPipeline(
      definePipeline({ ...options, captioner: target(dead.url), workers: 0, gate: { windows: 2 } }),
      new AbortController().signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'KEYS_REJECTED', message: expect.stringContaining('no key that works') });
    expect(deadLetters.values.length).toBeLessThanOrEqual(2);
    expect(source.acked.size).toBeLessThan(20);
  });
});

const down = (name: string): PipelineError => new PipelineError('PROVIDER_FAILED', `${name} is down`, { retryable: true });

describe('fallback', () => {
  it('asks the next one when one fails, and none after an answer', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b, c] = [cold<never>('--#', undefined, down('a')), cold('---b|', { b: answerOf('b') }), cold('c|', { c: answerOf('c') })];
      const [one, two, three] = [a, b, c].map((source, n) => scripted(String(n), () => source));
      expectObservable(fallback(one!, two!, three!)(request())).toBe('-----b|', { b: answerOf('b') });
      expectSubscriptions(b.subscriptions).toBe('--^---!');
      expectSubscriptions(c.subscriptions).toBe([]);
    });
  });

  it('ends at once with what the frame is to blame for', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const refused = new PipelineError('PROVIDER_REFUSED', 'no');
      const next = cold('b|', { b: answerOf('b') });
      expectObservable(
        fallback(
          scripted('a', () => refused),
          scripted('b', () => next),
        )(request()),
      ).toBe('#', undefined, refused);
      expectSubscriptions(next.subscriptions).toBe([]);
    });
  });

  it('ends with every cause where all of them fail', async () => {
    const both = fallback(
      scripted('a', () => down('a')),
      scripted('b', () => down('b')),
    );
    const error = await firstValueFrom(both(request())).catch((cause: unknown) => cause as Error);
    expect(error).toMatchObject({ code: 'PROVIDERS_EXHAUSTED', message: 'a is down; b is down', retryable: true });
    expect(((error as Error).cause as AggregateError).errors).toHaveLength(2);
  });

  it('hangs up on the one that is asked', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const next = cold<never>('-');
      expectObservable(
        fallback(
          scripted('a', () => down('a')),
          scripted('b', () => next),
        )(request()),
        '--^--!',
      ).toBe('-');
      expectSubscriptions(next.subscriptions).toBe('--^--!');
    });
  });

  it('waits out a short cooldown of the first, and passes over one that outlasts ten seconds or the deadline of the frame', () => {
    marbles(({ expectObservable }) => {
      const asked = (backAt: number, deadlineMs = Infinity): Observable<Answer> => {
        const first = available('a');
        first.availability.set({ backAt });
        return fallback(first, scripted('b'))(request({ deadlineMs }));
      };
      const values = { a: answerOf('a'), b: answerOf('b') };
      expectObservable(asked(10_000)).toBe('- 9999ms (a|)', values);
      expectObservable(asked(10_001)).toBe('(b|)', values);
      expectObservable(asked(4_000, 4_001)).toBe('- 3999ms (a|)', values);
      expectObservable(asked(4_000, 3_999)).toBe('(b|)', values);
    });
  });
});
