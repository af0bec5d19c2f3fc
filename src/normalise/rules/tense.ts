import { textRule } from '../textRule.ts';
import { eachSentence } from '../sentencesOf.ts';

/**
 * Tense and person: the house style is the picture title, timeless and without a speaker. The first copula or
 * auxiliary of a sentence goes before a participle or a place ("A car is moving left", "A car was parked on the
 * left" -> "A car moving left", "A car parked on the left"), and relative clauses become participles, too
 * ("a sign that is hanging" -> "a sign hanging", "a box that has two labels" -> "a box with two labels").
 * A predicate that is a claim of its own ("The statue is old", "is not moving") stays.
 */
export const tense = textRule((text) => (COPULA.test(text) ? eachSentence(text, timeless) : text));

const COPULA = /\b(?:is|are|was|were|been|be|being|has|have|had|'s)\b/i;

const timeless = (sentence: string): string => {
  const relative = sentence.replaceAll(RELATIVE_BE, '').replaceAll(RELATIVE_HAVE, ' with ');
  return relative.replace(MAIN_HAVE, '$1 with ').replace(MAIN_BE, '$1 ');
};

const BE = '(?:(?:is|are|was|were|has been|have been|had been|will be)(?:\\s+being)?|being)';
const ADVERB = '(?:(?:currently|now|also|still|clearly|just|simply|\\w+ly)\\s+)?';
/** What follows a copula that can go: -ing, -ed and the strong participles, or a preposition of place. */
const AFTER = `(?=\\s+${ADVERB}(?:\\w{2,}ing|\\w{2,}ed|seen|shown|worn|held|made|written|drawn|hung|placed|laid|set|cut|kept|built|taken|torn|broken|frozen|spread|stuck|bent|filled|surrounded|covered|on|in|at|inside|near|beside|behind|under|over|above|below|between|among|against|next|across|around|along|within|by|of|from|for|outside|upside)\\b)`;
/** -ed and -ing words that are no participles, or that need their copula. */
const NOT_AFTER = '(?!\\s+(?:nothing|something|anything|everything|interesting|missing|red|indeed|sacred|going\\s+to|having|being)\\b)';

const RELATIVE_BE = new RegExp(`(?:,|(?<!\\s))\\s+(?:that|which|who)\\s+${BE}${AFTER}${NOT_AFTER}`, 'gi');
const RELATIVE_HAVE =
  /(?:,|(?<!\s))\s+(?:that|which|who)\s+(?:has|have|had)\s+(?=(?:an?|the|two|three|four|\d+|some|several|its|his|her|their)\s)/gi;
/** The subject: up to the first copula, without a verb or a clause before it. */
const SUBJECT =
  '^((?:(?!\\b(?:that|which|who|while|because|if|when|where|what|it|they|he|she|we|this|these|there|nobody|and|says?|reads?|shows?)\\b)[^.;:])*?)(?<!\\s)\\s+';
const MAIN_BE = new RegExp(`${SUBJECT}${BE}${AFTER}${NOT_AFTER}\\s+`, 'i');
const MAIN_HAVE = new RegExp(`${SUBJECT}(?:has|have|had)\\s+(?=(?:an?|the|two|three|four|five|\\d+|some|several)\\s)`, 'i');
