import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { tags } from '../forms/tags.ts';
import { telegraphic } from '../forms/telegraphic.ts';
import { protectedWords, sameProtected } from '../protectedWords.ts';
import type { Normaliser } from '../normaliser.ts';
import type { Draft, Rule } from '../rule.ts';
import { textRule } from '../textRule.ts';
import { apologies } from '../rules/apologies.ts';
import { connectives } from '../rules/connectives.ts';
import { framing } from '../rules/framing.ts';
import { hedges } from '../rules/hedges.ts';
import { labels } from '../rules/labels.ts';
import { markdown } from '../rules/markdown.ts';
import { metaMentions } from '../rules/metaMentions.ts';
import { metaOpeners } from '../rules/metaOpeners.ts';
import { presentVerbs } from '../rules/presentVerbs.ts';
import { punctuation } from '../rules/punctuation.ts';
import { tense } from '../rules/tense.ts';
import { terminalStop } from '../rules/terminalStop.ts';
import { truncatedTail } from '../rules/truncatedTail.ts';
import { vocabulary } from '../rules/vocabulary.ts';
import { whitespace } from '../rules/whitespace.ts';
import { wholeClauses } from '../rules/wholeClauses.ts';
import { wrappers } from '../rules/wrappers.ts';

/** `sentence`: prose with a stop. `telegraphic`: its content words in order. `tags`: what it names, a list with commas. */
export type Form = 'sentence' | 'telegraphic' | 'tags';

export interface HouseStyleOptions {
  /** What a caption looks like: `telegraphic` has the least of a vendor's style left, `sentence` is for people. @default 'sentence' */
  form?: Form;
  /**
   * Longest caption in words; longer ones lose whole clauses. Better asked of the model in the prompt than cut
   * afterwards, which loses content. @default no limit
   */
  words?: number;
  /** Rules of your own, applied after those of the house; their names are part of the configuration hash. @default none */
  rules?: readonly Rule[];
}

const schema = z.strictObject({
  form: z.enum(['sentence', 'telegraphic', 'tags'], "must be 'sentence', 'telegraphic' or 'tags'").default('sentence'),
  words: z.int().min(1).max(1000).optional(),
  rules: z
    .array(z.custom<Rule>((value) => typeof value === 'function' && value.name !== '', 'must be a rule: a named function of a draft'))
    .default([]),
});

/**
 * One style for the captions of all vendors, by small pure rules in a fixed order. No rule changes a number, a
 * negation or a direction, and nothing is added. Flags: `refused`, `apology`, `truncated`, `hedged`, `shortened`,
 * `long`, `empty`.
 */
export const houseStyle = (options: HouseStyleOptions = {}): Normaliser => {
  const { form, words, rules: ownRules } = readOptions('houseStyle', schema, options);
  const rules = [...rulesOf(form, words), ...ownRules];
  return {
    name: 'houseStyle',
    version: '4',
    params: { form, ...(words !== undefined && { words }), ...(ownRules.length > 0 && { rules: ownRules.map(({ name }) => name) }) },
    apply(raw, flags = []) {
      const draft = untilStable(rules, apologies(whitespace(markdown(withoutLoop({ text: raw, flags, confidence: 1 })))));
      return draft.text === '' ? { ...draft, flags: [...draft.flags.filter((flag) => flag !== 'empty'), 'empty'] } : draft;
    },
  };
};

/**
 * A model that repeats itself can write up to its limit of tokens; past some thousand characters that is no caption, and
 * rules that look back and forth would be slow. The text is cut, with the flag `truncated`.
 */
const withoutLoop = (draft: Draft): Draft =>
  draft.text.length <= MOST_CHARACTERS
    ? draft
    : { ...draft, text: draft.text.slice(0, MOST_CHARACTERS), flags: [...new Set([...draft.flags, 'truncated'])] };

const MOST_CHARACTERS = 6000;

/** The style of the words between the content words matters to prose only. */
const rulesOf = (form: Form, words: number | undefined): readonly Rule[] => [
  wrappers,
  labels,
  connectives,
  hedges,
  metaOpeners,
  metaMentions,
  truncatedTail,
  tense,
  presentVerbs,
  framing,
  ...(form === 'sentence' ? [vocabulary] : []),
  ...(form === 'tags' ? [] : [punctuation]),
  ...(words === undefined ? [] : [wholeClauses(words)]),
  terminalStop,
  ...FORMS[form],
];

const FORMS: Readonly<Record<Form, readonly Rule[]>> = { sentence: [], telegraphic: [textRule(telegraphic)], tags: [textRule(tags)] };

/**
 * Applies the rules until nothing changes: one rule may uncover what an earlier one looks for. A rule that would lose or add a
 * number, a negation or a direction is not applied; only a list of tags may leave out what it has already.
 */
function untilStable(rules: readonly Rule[], raw: Draft): Draft {
  let draft = raw;
  let facts = protectedWords(raw.text);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { text } = draft;
    for (const rule of rules) {
      const next = rule(draft);
      if (next.text !== draft.text) {
        const kept = protectedWords(next.text);
        if (!FORMS.tags.includes(rule) && !sameProtected(facts, kept)) continue;
        facts = kept;
      }
      draft = next;
    }
    if (draft.text === text) break;
  }
  return draft;
}

const MOST_ROUNDS = 8;
