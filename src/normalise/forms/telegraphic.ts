import { FUNCTION_WORDS } from '../contentWords.ts';
import { capital } from '../sentencesOf.ts';

/**
 * The content words in their order, spelled as they were, without articles, copulas, pronouns, prepositions and
 * marks: "A small car moving to the left of two people." -> "Small car moving left two people". The form with
 * the least manner in it. Hyphens inside a word, marks inside a number and apostrophes inside a name stay.
 */
export const telegraphic = (text: string): string => capital(contentTokens(fromTo(text)).join(' '));

/** "from left to right" without its small words would be neither: it is one word here. */
export const fromTo = (text: string): string =>
  FROM.test(text) ? text.replaceAll(FROM_TO, (_, from: string, to: string) => `${from}-to-${to}`) : text;

const WAY = '(?:the\\s+)?(left|right|top|bottom|front|back|north|south|east|west)';
const FROM = /\bfrom\s/i;
const FROM_TO = new RegExp(`\\bfrom\\s+${WAY}\\s+(?:to|towards?)\\s+${WAY}\\b`, 'gi');

const contentTokens = (text: string): string[] => (text.match(TOKEN) ?? []).filter((token) => !FUNCTION_WORDS.has(token.toLowerCase()));

/** A word or a number with its sign and unit marks. */
export const TOKEN =
  /(?<![\p{L}\p{N}])[-+$£€¥#]*\p{N}+(?:[.,:/]\p{N}+)*[%°]?(?:-?[\p{L}]+)*|[\p{L}\p{M}\p{N}]+(?:[-'’./][\p{L}\p{M}\p{N}]+)*/gu;
