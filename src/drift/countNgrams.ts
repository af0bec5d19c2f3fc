import { wordsOf } from '../normalise/contentWords.ts';

/** Texts as counts of n-grams: document i owns the entries `starts[i]` up to `starts[i + 1]`, features ascending. */
export interface NgramCounts {
  readonly starts: Uint32Array;
  readonly features: Uint32Array;
  readonly counts: Float64Array;
  /** Number of different features. */
  readonly size: number;
  /** Features below this number are of characters, the others of words: they are scaled separately. */
  readonly charSize: number;
}

/** N-grams of 2 to 4 characters, across words, and of 1 and 2 words, with their case: the surface that shows a model's style. */
export function countNgrams(texts: readonly string[]): NgramCounts {
  const chars = tally(texts.map(charNgrams), 0);
  const words = tally(texts.map(wordNgrams), chars.size);
  const documents = texts.map((_, i) => [...(chars.documents[i] ?? []), ...(words.documents[i] ?? [])]);
  const entries = documents.reduce((sum, document) => sum + document.length, 0);
  const starts = new Uint32Array(texts.length + 1);
  const features = new Uint32Array(entries);
  const counts = new Float64Array(entries);
  let at = 0;
  for (const [i, document] of documents.entries()) {
    starts[i] = at;
    for (const [feature, count] of document) {
      features[at] = feature;
      counts[at] = count;
      at += 1;
    }
  }
  starts[texts.length] = at;
  return { starts, features, counts, size: chars.size + words.size, charSize: chars.size };
}

function tally(documents: readonly (readonly string[])[], first: number): { documents: [number, number][][]; size: number } {
  const numbers = new Map<string, number>();
  const numbered = documents.map((ngrams) => {
    const seen = new Map<number, number>();
    for (const ngram of ngrams) {
      let feature = numbers.get(ngram);
      if (feature === undefined) numbers.set(ngram, (feature = first + numbers.size));
      seen.set(feature, (seen.get(feature) ?? 0) + 1);
    }
    return [...seen].toSorted(([a], [b]) => a - b);
  });
  return { documents: numbered, size: numbers.size };
}

function charNgrams(text: string): string[] {
  const padded = ` ${text} `;
  const ngrams: string[] = [];
  for (let length = 2; length <= 4; length += 1) {
    for (let at = 0; at + length <= padded.length; at += 1) ngrams.push(padded.slice(at, at + length));
  }
  return ngrams;
}

function wordNgrams(text: string): string[] {
  const words = wordsOf(text);
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}
