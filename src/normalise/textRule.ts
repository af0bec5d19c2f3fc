import type { Rule } from './rule.ts';

/** A step that looks at the text only. */
export const textRule =
  (tidy: (text: string) => string): Rule =>
  (draft) => ({ ...draft, text: tidy(draft.text) });
