import { type OperatorFunction } from 'rxjs';
import type { Caption } from '../interpret/caption.ts';
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
      return caption.answer ? { ...passed, draft: normaliser.apply(caption.answer.text, caption.answer.flags) } : passed;
    },
    reject,
    { evidence: ({ frame, route }) => ({ id: frame.id, start: frame.window.start, end: frame.window.end, route }) },
  );
