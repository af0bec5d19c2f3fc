import type { Draft, Rule } from '../rule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/**
 * A hedge says how sure the model is, and each model hedges in its own way: it moves from the text into
 * `confidence` (the lowest one counts) and leaves the flag `hedged`. So "appears to be a dog" is "a dog" with
 * confidence 0.7, and those who train on the captions can leave the unsure ones out.
 */
export const hedges: Rule = (draft) => {
  if (!ANY.test(draft.text)) return draft;
  let { text, confidence } = draft;
  for (const [sure, pattern, replacement] of HEDGES) {
    if (text.search(pattern) === -1) continue;
    const without = eachSentence(text, (sentence) => unhedged(sentence, pattern, replacement));
    if (without === text) continue;
    text = without;
    confidence = Math.min(confidence, sure);
  }
  return text === draft.text ? draft : { text: tidy(text), confidence, flags: withFlag(draft) };
};

/** What begins a sentence now gets its capital. */
function unhedged(sentence: string, pattern: RegExp, replacement: string | ((match: string, subject: string) => string)): string {
  const without = sentence.replaceAll(pattern, replacement as string);
  return without === sentence ? sentence : capital(without.trimStart());
}

const withFlag = ({ flags }: Draft): readonly string[] => (flags.includes('hedged') ? flags : [...flags, 'hedged']);

const ANY =
  /\b(?:appears?|appeared|appearing|seems?|seemed|seemingly|apparently|likely|probably|presumably|possibly|perhaps|maybe|might|could|may|looks?|think|believe|suspect|potentially)\b/i;

/** "be" as a verb that agrees with the word before it, as well as that can be told. */
const copula = (_: string, subject: string): string =>
  `${subject} ${/(?<![siu'])s$/i.test(subject) || /^(?:people|children|men|women|they|we|you|there are)$/i.test(subject) ? 'are' : 'is'} `;

const SELDOM = 0.5;
const RATHER = 0.7;

/** How sure, what it looks like, and what stays. Longer ones first. */
const HEDGES: readonly (readonly [number, RegExp, string | ((match: string, subject: string) => string)])[] = [
  [RATHER, /\bwhat\s+(?:(?:appears?|seems?)\s+to\s+be|looks?\s+(?:to\s+be|like))\s+/gi, ''],
  [RATHER, /\b(?:i|we)\s+(?:think|believe|suspect|guess)\s+(?:that\s+)?/gi, ''],
  [RATHER, /\bit\s+is\s+(?:likely|possible|probable)\s+that\s+/gi, ''],
  [SELDOM, /\b(?:may|might|could)\s+(show|depict|represent|indicate|suggest|resemble)\b/g, '$1s'],
  [RATHER, /\bit\s+(?:appears|seems|looks)\s+(?:that|like|as\s+if|as\s+though)\s+/gi, ''],
  [SELDOM, /\bit\s+(?:may|might|could)\s+be\s+(?:that\s+)?(?=an?\s|the\s)/gi, ''],
  [RATHER, /\b(there)\s+(?:appears?|seems?)\s+to\s+be\b/gi, '$1 is'],
  [SELDOM, /\b(there)\s+(?:may|might|could)\s+be\b/gi, '$1 is'],
  [RATHER, /(\S{1,40})\s+(?:appears?|appeared|seems?|seemed)\s+to\s+be\s+(?!no\b|not\b|never\b|none\b|nothing\b)/gi, copula],
  [RATHER, /(?:,\s*|(?<!\s)\s+)?\bappearing\s+to\s+be\s+/gi, ' '],
  [RATHER, /\b(?=[as])(?<=\w\s+)(?:appear|seem)s?\s+to\s+(?=\w)(?!be\b|have\b|the\b|an?\b)/gi, ''],
  [SELDOM, /(\S{1,40})\s+(?:may|might|could)\s+(?:possibly\s+|well\s+)?be\s+(?!no\b|not\b|never\b|none\b|nothing\b)/g, copula],
  [RATHER, /,\s+(?:likely|probably|presumably|apparently|seemingly),/gi, ''],
  [SELDOM, /,\s+(?:possibly|perhaps|maybe|potentially),/gi, ''],
  [SELDOM, /\b(?:possibly|perhaps|maybe|potentially)\b,?\s+/gi, ''],
  [RATHER, /(?<!\b(?:an?|the|more|most|very|is|are|as)\s)\b(?:likely|probably|presumably|apparently|seemingly)\b(?!\s+to\b),?\s+/gi, ''],
  [RATHER, /(?<=\b(?:is|are)\s)(?:likely|probably|presumably|apparently|seemingly)\s+(?!to\b)/gi, ''],
];

const tidy = (text: string): string =>
  text
    .replaceAll(/\s{2,}/g, ' ')
    .replaceAll(/\(\s+/g, '(')
    .trim();
