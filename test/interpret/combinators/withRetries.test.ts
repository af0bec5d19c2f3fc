import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { Attempt } from '../../../src/interpret/caption.ts';
import { withRetries } from '../../../src/interpret/combinators/withRetries.ts';
import { ProviderError } from '../../../src/interpret/errors/providerError.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted } from '../support/scripted.ts';
import { chatAnswer, chatError, json, stubServer } from '../support/stubServer.ts';

const down = new PipelineError('PROVIDER_FAILED', 'down', { retryable: true });
const limited = (waitMs: number): ProviderError =>
  new ProviderError({ class: 'rate_limit', reason: 'slow down', waitMs }, { target: 'a', status: 429 } as Attempt);

describe('withRetries', () => {
  // Jitter of nothing.
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const failing = (error: Error, times: number) => scripted('a', (call) => (call < times ? error : answerOf('a')));

  it('asks again after waits that double', () => {
    marbles(({ expectObservable }) => {
      expectObservable(withRetries(failing(down, 2), { backoffMs: 10 })(request())).toBe('- 29ms (a|)', { a: answerOf('a') });
    });
  });

  it('gives up after so many times', () => {
    marbles(({ expectObservable, flush }) => {
      const inner = failing(down, 9);
      expectObservable(withRetries(inner, { backoffMs: 10, times: 1 })(request())).toBe('- 9ms #', undefined, down);
      flush();
      expect(inner.asked).toHaveLength(2);
    });
  });

  it('waits at least as long as the upstream asked for, and not at all where that is too long', () => {
    marbles(({ expectObservable }) => {
      const late = limited(2_000);
      expectObservable(withRetries(failing(limited(500), 1), { backoffMs: 10 })(request())).toBe('- 499ms (a|)', { a: answerOf('a') });
      expectObservable(withRetries(failing(late, 1), { longestWaitMs: 1_000 })(request())).toBe('#', undefined, late);
    });
  });

  it('does not repeat what cannot pass', () => {
    marbles(({ expectObservable }) => {
      const refused = new PipelineError('PROVIDER_REFUSED', 'no');
      expectObservable(withRetries(failing(refused, 1))(request())).toBe('#', undefined, refused);
    });
  });

  it('honours Retry-After of a real reply', async () => {
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
});
