import { z } from 'zod';
import { readOptions } from '../options.ts';
import { keepsProtected } from './protectedWords.ts';
import type { Draft, Normaliser, Rule } from './rule.ts';
import { markdown } from './rules/markdown.ts';
import { metaOpeners } from './rules/metaOpeners.ts';
import { terminalStop } from './rules/terminalStop.ts';
import { whitespace } from './rules/whitespace.ts';
import { wholeClauses } from './rules/wholeClauses.ts';
import { wrappers } from './rules/wrappers.ts';

export interface HouseStyleOptions {
  /** Longest caption in words; longer ones lose whole clauses. @default 40 */
  words?: number;
}

const schema = z.strictObject({ words: z.int().min(1).max(1000).default(40) });

/** One style for the captions of all vendors, by pure rules in a fixed order. */
export const houseStyle = (options: HouseStyleOptions = {}): Normaliser => {
  const { words } = readOptions('houseStyle', schema, options);
  const rules: readonly Rule[] = [markdown, whitespace, wrappers, metaOpeners, wholeClauses(words), terminalStop];
  return {
    name: 'houseStyle',
    version: '1',
    params: { words },
    apply: (raw, flags = []) => settled(rules, { text: raw, flags, confidence: 1 }),
  };
};

/** Until nothing changes: one rule may lay bare what an earlier one looks for. */
function settled(rules: readonly Rule[], raw: Draft): Draft {
  let draft = raw;
  for (let round = 0; round < 5; round += 1) {
    const next = rules.reduce(guarded, draft);
    if (next.text === draft.text) return next;
    draft = next;
  }
  return draft;
}

/** A rule that would lose or add a number, a negation or a direction is not applied. */
const guarded = (draft: Draft, rule: Rule): Draft => {
  const next = rule(draft);
  return next.text === draft.text || keepsProtected(draft.text, next.text) ? next : draft;
};
