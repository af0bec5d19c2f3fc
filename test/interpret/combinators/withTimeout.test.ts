import { NEVER, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { withTimeout } from '../../../src/interpret/combinators/withTimeout.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted } from '../support/scripted.ts';
import { stubServer } from '../support/stubServer.ts';

const timedOut = new PipelineError('PROVIDER_FAILED', 'no answer within 100 ms', { retryable: true });

describe('withTimeout', () => {
  it('passes on an answer in time', () => {
    marbles(({ cold, expectObservable }) => {
      const inner = scripted('a', () => cold('- 89ms a|', { a: answerOf('a') }));
      expectObservable(withTimeout(inner, { ms: 100 })(request())).toBe('- 89ms a|', { a: answerOf('a') });
    });
  });

  it('hands the deadline on, and calls it a timeout where the captioner keeps to it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      let deadlineMs = 0;
      const inner = scripted('a', (_, asked) => {
        ({ deadlineMs } = asked);
        return cold('- 99ms #', undefined, new PipelineError('DEADLINE_PASSED', 'too late'));
      });
      expectObservable(withTimeout(inner, { ms: 100 })(request())).toBe('- 99ms #', undefined, timedOut);
      flush();
      expect(deadlineMs).toBe(100);
    });
  });

  it('hangs up on a captioner that does not', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold<never>('-');
      expectObservable(
        withTimeout(
          scripted('a', () => slow),
          { ms: 100 },
        )(request()),
      ).toBe('- 149ms #', undefined, timedOut);
      expectSubscriptions(slow.subscriptions).toBe('^ 149ms !');
    });
  });

  it('counts from the subscription, and leaves a deadline that is earlier as it is', () => {
    marbles(({ expectObservable, flush }) => {
      const deadlines: number[] = [];
      const inner = scripted('a', (_, { deadlineMs }) => {
        deadlines.push(deadlineMs);
        return NEVER;
      });
      const answers = withTimeout(inner, { ms: 100 })(request());
      expectObservable(answers, '- 49ms ^ 9ms !').toBe('-');
      expectObservable(withTimeout(inner, { ms: 100 })(request({ deadlineMs: 70 })), '^ 9ms !').toBe('-');
      flush();
      expect(deadlines.toSorted((a, b) => a - b)).toEqual([70, 150]);
    });
  });

  it('closes the socket of a real call and records a timeout', async () => {
    await using server = await stubServer(() => {});
    const target = withTimeout(openai({ model: 'gpt-4o', baseUrl: server.url }), { ms: 500 });
    const asked = request();
    await expect(firstValueFrom(target(asked))).rejects.toMatchObject({ code: 'PROVIDER_FAILED', retryable: true });
    expect(asked.route).toMatchObject([{ outcome: 'timeout' }]);
    await expect.poll(() => server.seen[0]?.hungUp).toBe(true);
    await target.close?.();
  });
});
