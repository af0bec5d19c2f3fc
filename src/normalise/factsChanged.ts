import { contentWords } from './contentWords.ts';
import { protectedWords, sameProtected } from './protectedWords.ts';

/** Share of content words that a rewrite may lose, and that it may bring in. */
const MOST_LOST = 0.25;
const MOST_NEW = 0.25;

/**
 * What a rewrite did to the facts of a caption; undefined where it kept them. A rewriter is a language model: it
 * may choose other words, and may not say other things.
 */
export function factsChanged(before: string, after: string): string | undefined {
  if (!sameProtected(protectedWords(before), protectedWords(after))) return 'a number, a negation or a direction';
  const [had, has] = [namesOf(before), namesOf(after)];
  const name = [...had.difference(new Set(wordsIn(after))), ...has.difference(new Set(wordsIn(before)))][0];
  if (name !== undefined) return `the name ${name}`;
  const [wanted, found] = [new Set(contentWords(before)), new Set(contentWords(after))];
  if (wanted.difference(found).size > MOST_LOST * Math.max(1, wanted.size)) return 'too much was left out';
  return found.difference(wanted).size > MOST_NEW * Math.max(1, wanted.size) ? 'too much was added' : undefined;
}

const wordsIn = (text: string): string[] => (text.match(/[\p{L}\p{N}'-]+/gu) ?? []).map((word) => word.toLowerCase());

/** Words with a capital that no sentence begins with, in lower case. */
const namesOf = (text: string): Set<string> =>
  new Set(
    (text.match(/(?=\p{Lu})(?<![.!?]["')\]]*\s+|^["'(]*)(?<![\p{L}\p{N}'-])\p{Lu}[\p{L}\p{N}'-]*/gu) ?? []).map((name) =>
      name.toLowerCase(),
    ),
  );
