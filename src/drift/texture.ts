import { wordsOf } from '../normalise/contentWords.ts';

/** How long and how varied the captions of one vendor are. */
export interface Texture {
  readonly captions: number;
  /** Words of a caption: 5th, 50th and 95th percentile. */
  readonly words: { readonly p5: number; readonly p50: number; readonly p95: number };
  /** Different word pairs by all word pairs, 0..1: low where phrases are repeated. */
  readonly distinct2: number;
  /** Mean BLEU (1 to 4 words) of a caption against the others, 0..1: high where captions are alike. Of at most 100 captions, evenly taken. */
  readonly selfBleu: number;
  /** Captions that still hold an apology or a refusal, and those cut in mid-sentence. */
  readonly refusalLeaks: number;
  readonly truncationLeaks: number;
}

export function textureOf(texts: readonly string[]): Texture {
  const words = texts.map(wordsOf);
  const lengths = words.map((list) => list.length).toSorted((a, b) => a - b);
  const at = (share: number): number => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0;
  return {
    captions: texts.length,
    words: { p5: at(0.05), p50: at(0.5), p95: at(0.95) },
    distinct2: distinct(words, 2),
    selfBleu: selfBleu(sample(words, 100)),
    refusalLeaks: texts.filter((text) => REFUSAL.test(text)).length,
    truncationLeaks: texts.filter((text) => TRUNCATED.test(text.trim())).length,
  };
}

/** Wider than the rule that drops them: with the same patterns the count would always be zero. */
const REFUSAL = /\b(?:i'm sorry|i am sorry|apologi[sz]e|i (?:cannot|can't|am unable|am not able|don't|do not)|as an ai|language model)\b/i;
const TRUNCATED = /(?:^|\s)(?:an?|the|of|and|or|with|from|its|is|are|in|on|to|for|by)[,;:]?["']?\.?$/i;

function distinct(texts: readonly (readonly string[])[], length: number): number {
  const all = texts.flatMap((words) => ngrams(words, length));
  return all.length === 0 ? 0 : new Set(all).size / all.length;
}

function selfBleu(texts: readonly (readonly string[])[]): number {
  const long = texts.filter((words) => words.length >= 4);
  if (long.length < 2) return 0;
  const counted = long.map((words) => [1, 2, 3, 4].map((length) => countOf(ngrams(words, length))));
  const scores = long.map((words, i) => bleu(words.length, counted[i]!, long, counted, i));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** N-grams of 1 to 4 words with their counts. */
type CountsByOrder = readonly ReadonlyMap<string, number>[];

/** BLEU against all the others, with one added to the counts of 2 to 4 words (Lin and Och 2004), closest reference length. */
function bleu(
  length: number,
  own: CountsByOrder,
  texts: readonly (readonly string[])[],
  counted: readonly CountsByOrder[],
  self: number,
): number {
  let logs = 0;
  for (const [order, counts] of own.entries()) {
    let matched = 0;
    let total = 0;
    for (const [ngram, count] of counts) {
      let most = 0;
      for (let other = 0; other < counted.length && most < count; other += 1) {
        if (other !== self) most = Math.max(most, counted[other]![order]!.get(ngram) ?? 0);
      }
      matched += Math.min(count, most);
      total += count;
    }
    const smooth = order === 0 ? 0 : 1;
    if (matched + smooth === 0) return 0;
    logs += Math.log((matched + smooth) / (total + smooth)) / 4;
  }
  const closest = texts.reduce(
    (best, words, i) => (i !== self && Math.abs(words.length - length) < Math.abs(best - length) ? words.length : best),
    Infinity,
  );
  return Math.exp(logs) * Math.exp(Math.min(0, 1 - closest / length));
}

const ngrams = (words: readonly string[], length: number): string[] =>
  words.slice(0, Math.max(0, words.length - length + 1)).map((_, i) => words.slice(i, i + length).join(' '));

function countOf(ngramList: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ngram of ngramList) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  return counts;
}

const sample = <Value>(values: readonly Value[], most: number): readonly Value[] =>
  values.length <= most ? values : Array.from({ length: most }, (_, i) => values[Math.floor((i * values.length) / most)]!);
