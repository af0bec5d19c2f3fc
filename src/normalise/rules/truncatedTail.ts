import { sentencesOf } from '../sentencesOf.ts';
import type { Draft, Rule } from '../rule.ts';
import { protectedWords } from '../protectedWords.ts';

/**
 * An answer that was cut off ends in the middle of a sentence. A cut sentence behind whole ones goes; a cut
 * first one loses the words that dangle at its end ("a bottle of the" keeps "a bottle"). Flag `truncated`.
 * Words with a number, a negation or a direction stay.
 */
export const truncatedTail: Rule = (draft) => {
  const stopped = STOPPED.test(draft.text);
  const whole = stopped || draft.text === '' ? draft.text : withoutCutSentence(draft.text);
  const text = withoutDangling(whole, STOPPED.test(whole) ? ALWAYS_DANGLING : DANGLING);
  return text === draft.text ? draft : { ...draft, text, flags: withFlag(draft) };
};

const withFlag = ({ flags }: Draft): readonly string[] => (flags.includes('truncated') ? flags : [...flags, 'truncated']);

const STOPPED = /[.!?]["')\]]*$/;

function withoutCutSentence(text: string): string {
  const sentences = sentencesOf(text);
  const last = sentences.at(-1) ?? '';
  return sentences.length > 1 && protectedWords(last).length === 0 ? sentences.slice(0, -1).join(' ') : text;
}

function withoutDangling(text: string, dangling: RegExp): string {
  let rest = text;
  for (;;) {
    const from = Math.max(0, rest.length - LONGEST_TAIL);
    const found = dangling.exec(rest.slice(from));
    // What begins with the piece may be the end of a longer word.
    if (!found || (found.index === 0 && from > 0)) return rest === text ? text : rest.trim();
    rest = rest.slice(0, from + found.index);
  }
}

/** A word that dangles and what is around it: only so much is looked at, however long the text is. */
const LONGEST_TAIL = 64;

/** No sentence ends in one of these, so they dangle even before a stop. */
const ALWAYS_DANGLING =
  /(?:^|(?<![\s,;:"'(-])[\s,;:"'(-]+)(?:an?|the|of|and|or|with|from|its|their|his|her|my|your|our|at|into|featuring|showcasing|depicting|labell?ed with|which|whose|very|is a|are the|such as|including)(?:\s*\.)?$/i;
/** A sentence may end in these, but not a text without a stop. */
const DANGLING =
  /(?:^|(?<![\s,;:"'(-])[\s,;:"'(-]+)(?:an?|the|of|and|or|but|with|from|its|their|his|her|my|your|our|at|into|onto|for|to|by|as|in|on|near|that|which|whose|who|where|while|is|are|was|were|be|being|has|have|very|such|some|several|this|these|those|featuring|showcasing|showing|depicting|displaying|including|against|between|among|about|beside|along|through|during)$/i;
