import { FUNCTION_WORDS } from '../contentWords.ts';
import { capital } from '../sentencesOf.ts';
import { fromTo, tokens } from './support/tokens.ts';

/**
 * The content words in their order, spelled as they were, without articles, copulas, pronouns, prepositions and
 * marks: "A small car moving to the left of two people." -> "Small car moving left two people". The form with
 * the least style of its own. Hyphens inside a word, marks inside a number and apostrophes inside a name stay.
 */
export const telegraphic = (text: string): string => capital(contentTokens(fromTo(text)).join(' '));

const contentTokens = (text: string): string[] => (text.match(tokens) ?? []).filter((token) => !FUNCTION_WORDS.has(token.toLowerCase()));
