import { type Observable, map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import type { Caption } from '../../src/interpret/caption.ts';
import { type NormaliseOptions, type NormalisedCaption, type Rewrite, normalise } from '../../src/normalise/normalise.ts';
import { houseStyle } from '../../src/normalise/normalisers/houseStyle.ts';
import type { Reject } from '../../src/stage/reject.ts';
import { normalisedCaption } from '../publish/records.ts';
import { marbles, marblesOfPromises } from '../stage/marbles.ts';

/** A caption with the answer of a model, or of a quiet frame. */
function caption(text?: string): Caption {
  const { draft: _draft, normaliser: _normaliser, answer, ...unsaid } = normalisedCaption(0);
  return text === undefined ? unsaid : { ...unsaid, answer: { ...answer!, text } };
}

const captions = { a: caption('The image shows a disc.'), b: caption('A small square.'), q: caption() };
const inStyle = { a: 'A disc.', b: 'A small square.', q: undefined };
const texts = (input: Observable<Caption>, options?: NormaliseOptions): Observable<string | undefined> =>
  input.pipe(
    normalise(houseStyle(), options),
    map(({ draft }) => draft?.text),
  );

/** Takes 6 ms for a disc and 2 ms for anything else. */
const slowly: Rewrite = (one) => timer(/disc/.test(one.draft!.text) ? 6 : 2).pipe(map(() => rewritten(one)));
const rewritten = (one: NormalisedCaption): NormalisedCaption => ({
  ...one,
  draft: { ...one.draft!, text: `${one.draft!.text} Rewritten.` },
});

describe('normalise', () => {
  it('passes each caption on at once and in order; quiet frames have no draft', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(texts(cold('a-(qb)-|', captions))).toBe('a-(qb)-|', inStyle);
      expectObservable(texts(cold('a-#', captions))).toBe('a-#', inStyle);
    });
  });

  it('lets captions overtake one whose rewrite takes long; quiet frames wait for none', () => {
    marbles(({ cold, expectObservable }) => {
      const after = { a: 'A disc. Rewritten.', b: 'A small square. Rewritten.', q: undefined };
      expectObservable(texts(cold('ab--q|', captions), { rewrite: slowly })).toBe('---bq-(a|)', after);
    });
  });

  it('hangs up on the rewrites under way when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const rewrite = cold<NormalisedCaption>('------');
      expectObservable(texts(cold('a-b---', captions), { rewrite: () => rewrite }), '^---!').toBe('-----');
      expectSubscriptions(rewrite.subscriptions).toBe(['^---!', '--^-!']);
    });
  });

  it('lets a caption that fails leave by `reject`, and the others go on; without `reject` it errors', async () => {
    const left: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }, now) => {
      const error = new PipelineError('BUDGET_SPENT', 'no money for rewrites');
      const fails = cold<NormalisedCaption>('--#', undefined, error);
      const rewrite: Rewrite = (one) => (/disc/.test(one.draft!.text) ? fails : slowly(one));
      const reject: Reject = async (stage, _, cause, { id }) => void left.push(`${stage} ${id} ${(cause as Error).message} at ${now()}`);
      const after = { b: 'A small square. Rewritten.' };
      expectObservable(texts(cold('ab-|', captions), { rewrite, reject })).toBe('---(b|)', after);
      expectObservable(texts(cold('ab-|', captions), { rewrite })).toBe('--#', undefined, error);
    });
    expect(left).toEqual([`normalise ${captions.a.frame.id} no money for rewrites at 2`]);
  });
});
