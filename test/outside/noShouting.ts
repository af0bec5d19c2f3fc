import type { Rule } from 'saccade';

/** A rule of style: words in capitals are written small. */
export const noShouting: Rule = (draft) => ({ ...draft, text: draft.text.replaceAll(/\b[A-Z]{2,}\b/g, (word) => word.toLowerCase()) });
