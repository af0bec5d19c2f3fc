import { protectedWords } from '../protectedWords.ts';
import { sentencesOf } from '../sentencesOf.ts';
import type { Draft, Rule } from '../rule.ts';

/**
 * Shortens a caption to `words` by leaving out whole sentences, then whole clauses, from the end; flag
 * `shortened`. A part with a number, a negation or a direction stays, and so does the first one: a caption
 * that is still too long keeps its words and gets the flag `long`. Nothing is ever cut inside a clause.
 */
export const wholeClauses =
  (words: number): Rule =>
  (draft) => {
    if (countWords(draft.text) <= words) return draft;
    const all = sentencesOf(draft.text).map((sentence) => `${sentence} `);
    const sentences = fit([...new Set(all)], words);
    const clauses = countWords(sentences.join('')) > words ? sentences.flatMap((sentence) => fit(clausesOf(sentence), words)) : sentences;
    const kept = clauses.join('').trim();
    const text = kept === draft.text ? kept : closed(kept);
    const flagged = text === draft.text ? draft : flag(draft, 'shortened');
    return { ...(countWords(text) > words ? flag(flagged, 'long') : flagged), text };
  };

export const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** Leaves out parts from the end until the rest fits. */
function fit(parts: readonly string[], words: number): string[] {
  let left = parts.reduce((sum, part) => sum + countWords(part), 0);
  return parts
    .toReversed()
    .filter((part, i) => {
      const kept = left <= words || i === parts.length - 1 || protectedWords(part).length > 0;
      if (!kept) left -= countWords(part);
      return kept;
    })
    .toReversed();
}

/** Clauses end before what can stand alone or be left out: after a comma or semicolon that begins a participle or a relative clause. */
const clausesOf = (sentence: string): string[] => sentence.split(CLAUSE);

const CLAUSE =
  /(?=;\s)|(?=,\s+(?:and\s+)?(?:\w+ing|which|who|where|while|with|making|as if|as though|creating|giving|suggesting|indicating)\b)|(?<!\s)(?=\s+while\s)|(?<!\s)(?=\s+-\s)/;

/** A sentence that lost its end gets its stop back. */
const closed = (text: string): string => (/[.!?]["')\]]*$/.test(text) ? text : `${text.replace(/(?<![\s,;:-])[\s,;:-]+$/, '')}.`);

const flag = (draft: Draft, name: string): Draft => (draft.flags.includes(name) ? draft : { ...draft, flags: [...draft.flags, name] });
