import { FUNCTION_WORDS } from '../contentWords.ts';
import { capital } from '../sentencesOf.ts';
import { fromTo, tokens } from './support/tokens.ts';

/**
 * What the caption names, as a list: runs of content words between function words and marks, each once, in the
 * order of their first appearance. "A small car moving left of two people." -> "Small car moving left, two people".
 */
export function tags(caption: string): string {
  const text = fromTo(caption);
  const runs: string[] = [];
  let run: string[] = [];
  let end = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    const functional = FUNCTION_WORDS.has(token.toLowerCase());
    if (functional || /[^\s"'()]/.test(text.slice(end, index))) {
      runs.push(run.join(' '));
      run = [];
    }
    if (!functional) run.push(token);
    end = index + token.length;
  }
  runs.push(run.join(' '));
  const seen = new Set<string>();
  return capital(runs.filter((tag) => tag !== '' && !seen.has(tag.toLowerCase()) && seen.add(tag.toLowerCase())).join(', '));
}
