import { type OperatorFunction } from 'rxjs';
import type { Answer, Caption } from '../interpret/caption.ts';
import { attempt } from '../stage/attempt.ts';
import type { Reject } from '../stage/reject.ts';
import type { Draft, Normaliser } from './rule.ts';

/** A caption in house style. The raw text stays in `answer.text`, so normalising can be done again. Quiet frames have no draft. */
export interface NormalisedCaption extends Caption {
  readonly draft?: Draft;
  readonly normaliser: { readonly name: string; readonly version: string };
}

/** Brings each caption into the house style. */
export const normalise = (normaliser: Normaliser, reject: Reject): OperatorFunction<Caption, NormalisedCaption> =>
  attempt(
    'normalise',
    (caption) => {
      const { name, version } = normaliser;
      const passed = { ...caption, normaliser: { name, version } };
      return caption.answer ? { ...passed, draft: draftOf(normaliser, caption, caption.answer) } : passed;
    },
    reject,
    { evidence: ({ frame, route }) => ({ id: frame.id, start: frame.window.start, end: frame.window.end, route }) },
  );

/** A model that was asked in parts says how sure it is twice: the lower one counts. */
function draftOf(normaliser: Normaliser, { words, structured }: Caption, { text, flags }: Answer): Draft {
  const draft = normaliser.apply(words ?? text, flags);
  return structured ? { ...draft, confidence: Math.min(draft.confidence, structured.confidence) } : draft;
}
