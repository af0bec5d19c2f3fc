import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { ensemble } from '../../../src/interpret/combinators/ensemble.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted as scriptedBy } from '../support/scripted.ts';

const scripted = (name: string, text: string): Captioner => scriptedBy(name, () => answerOf(name, text));

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
    const bad = scriptedBy('bad', () => new PipelineError('PROVIDER_FAILED', 'down'));
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

  it('asks all of them at once, and answers when the last of them has', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b] = [cold('--a|', { a: answerOf('a', 'A disc.') }), cold('-----b|', { b: answerOf('b', 'A disc.') })];
      const others = [{ target: 'b', model: 'b', text: 'A disc.' }];
      expectObservable(ensemble({ targets: { a: scriptedBy('a', () => a), b: scriptedBy('b', () => b) } })(request({ picture: 'x' }))).toBe(
        '------(x|)',
        {
          x: expect.objectContaining({ text: 'A disc.', ensemble: { agreement: 1, others } }),
        },
      );
      expectSubscriptions(a.subscriptions).toBe('^--!');
      expectSubscriptions(b.subscriptions).toBe('^-----!');
    });
  });

  it('answers without the targets that fail, or fails where too few are left, when the last of them has ended', () => {
    marbles(({ cold, expectObservable }) => {
      const down = new PipelineError('PROVIDER_FAILED', 'down');
      const targets = {
        a: scriptedBy('a', () => cold<never>('--#', undefined, down)),
        b: scriptedBy('b', () => cold('-----(b|)', { b: answerOf('b', 'A disc.') })),
      };
      const alone = expect.objectContaining({ text: 'A disc.', ensemble: { agreement: 1, others: [] } });
      const error = expect.objectContaining({ code: 'PROVIDERS_EXHAUSTED', message: 'down' });
      expectObservable(ensemble({ targets })(request())).toBe('-----(b|)', { b: alone });
      expectObservable(ensemble({ targets, atLeast: 2 })(request())).toBe('-----#', undefined, error);
    });
  });
});
