import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import type { Answer } from '../../../src/interpret/caption.ts';
import { repair } from '../../../src/interpret/combinators/repair.ts';
import { structuredSchema } from '../../../src/interpret/structured/structuredSchema.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted } from '../support/scripted.ts';

const inParts = { ...request().prompt, schema: structuredSchema };
const answers = {
  json: answerOf('a', '{"short": "A disc.", "dense": "A disc moves left."}'),
  untidy: answerOf('a', 'Here it is: {short: "A disc.", dense: "A disc moves left."'),
  prose: answerOf('a', 'A disc moves left.'),
};
const mended = { ...answers.json, inputTokens: 2, outputTokens: 2, flags: ['json_repaired'] };

describe('repair', () => {
  const proseThen = (prose: Observable<Answer>, then: Observable<Answer>) => scripted('a', (call) => (call === 0 ? prose : then));

  it('passes on at once what can be read, and whatever was not asked for in parts', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const inner = scripted('a', (_, { id }) => cold('---(a|)', { a: answers[id as keyof typeof answers] }));
      const ask = repair(inner);
      expectObservable(ask(request({ id: 'json', prompt: inParts }))).toBe('---(a|)', { a: answers.json });
      expectObservable(ask(request({ id: 'untidy', prompt: inParts }))).toBe('---(a|)', { a: answers.untidy });
      expectObservable(ask(request({ id: 'prose' }))).toBe('---(a|)', { a: answers.prose });
      flush();
      expect(inner.asked).toEqual(['json', 'untidy', 'prose']);
    });
  });

  it('sends an answer that cannot be read back once, and answers when that call has; both are billed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [prose, json] = [cold('---(p|)', { p: answers.prose }), cold('----(j|)', { j: answers.json })];
      expectObservable(repair(proseThen(prose, json))(request({ prompt: inParts }))).toBe('-------(m|)', { m: mended });
      expectSubscriptions(json.subscriptions).toBe('---^---!');
    });
  });

  it('goes on with the first answer where the second is no better or fails: bad JSON loses no frame', () => {
    marbles(({ cold, expectObservable }) => {
      const prose = (): Observable<Answer> => cold('---(p|)', { p: answers.prose });
      const [noBetter, fails] = [
        cold('--(p|)', { p: answers.prose }),
        cold<Answer>('--#', undefined, new PipelineError('PROVIDER_FAILED', 'down')),
      ];
      expectObservable(repair(proseThen(prose(), noBetter))(request({ prompt: inParts }))).toBe('-----(p|)', { p: answers.prose });
      expectObservable(repair(proseThen(prose(), fails))(request({ prompt: inParts }))).toBe('-----(p|)', { p: answers.prose });
    });
  });

  it('hangs up on the call that is under way', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [prose, never] = [cold('---(p|)', { p: answers.prose }), cold<Answer>('-')];
      expectObservable(repair(proseThen(prose, never))(request({ prompt: inParts })), '^----!').toBe('------');
      expectSubscriptions(prose.subscriptions).toBe('^--!');
      expectSubscriptions(never.subscriptions).toBe('---^-!');
    });
  });
});
