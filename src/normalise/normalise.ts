import { type Observable, type OperatorFunction } from 'rxjs';
import type { Answer, Caption } from '../interpret/caption.ts';
import { attempt } from '../stage/attempt.ts';
import type { Reject } from '../stage/reject.ts';
import type { Normaliser } from './normaliser.ts';
import type { Draft } from './rule.ts';

/** A caption in house style. The raw text stays in `answer.text`, so normalising can be done again. Quiet frames have no draft. */
export interface NormalisedCaption extends Caption {
  readonly draft?: Draft;
  readonly normaliser: { readonly name: string; readonly version: string };
}

/** Rewrites a caption that is in house style; see rewriteWith.ts. */
export type Rewrite = (caption: NormalisedCaption) => Observable<NormalisedCaption>;

export interface NormaliseOptions {
  /** Rewrites captions that are in house style; see rewriteWith. @default they stay as the rules left them */
  rewrite?: Rewrite | undefined;
  /** Takes captions that could not be normalised. @default the Observable errors */
  reject?: Reject | undefined;
}

/** Brings each caption into the house style. How many rewrites run at once is the rewriter's own matter. */
export const normalise = (
  normaliser: Normaliser,
  { rewrite, reject }: NormaliseOptions = {},
): OperatorFunction<Caption, NormalisedCaption> =>
  attempt(
    'normalise',
    (caption): NormalisedCaption | Observable<NormalisedCaption> => {
      const { name, version } = normaliser;
      const passed = { ...caption, normaliser: { name, version } };
      if (!caption.answer) return passed;
      const tidy = { ...passed, draft: draftOf(normaliser, caption, caption.answer) };
      return rewrite ? rewrite(tidy) : tidy;
    },
    {
      reject,
      concurrency: rewrite ? Infinity : 1,
      evidence: ({ frame, route }) => ({ id: frame.id, start: frame.window.start, end: frame.window.end, route }),
    },
  );

/** A model that was asked in parts says how sure it is twice: the lower one counts. */
function draftOf(normaliser: Normaliser, { words, structured }: Caption, { text, flags }: Answer): Draft {
  const draft = normaliser.apply(words ?? text, flags);
  return structured ? { ...draft, confidence: Math.min(draft.confidence, structured.confidence) } : draft;
}
