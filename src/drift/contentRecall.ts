import { contentWords } from '../normalise/contentWords.ts';

/**
 * Share of the content words of the raw captions that the normalised ones still hold, 0..1, mean over the
 * captions that have any. Inflections of one verb are one word (sits, sitting). Words about the picture and not the
 * scene ("image", "showcases") count like all others, so that the measure does not depend on what is called style.
 */
export function contentRecall(raw: readonly string[], normalised: readonly string[]): number {
  const shares = raw.flatMap((text, i) => {
    const wanted = stems(text);
    const kept = stems(normalised[i] ?? '');
    return wanted.size === 0 ? [] : [wanted.intersection(kept).size / wanted.size];
  });
  return shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const stems = (text: string): Set<string> => new Set(contentWords(text).map(stem));

/** Just enough for the endings of one verb: moves, moving, moved -> mov; sits, sitting -> sit. */
const stem = (word: string): string =>
  word.length < 5 && !word.endsWith('s')
    ? word.replace(/(?<=..)e$/, '')
    : word.replace(/(?<=\p{L}{3})(?:ing|ed|es|s|e)$|(?<=\p{L}{2})s$/u, '').replace(/([bdgmnprt])\1$/, '$1');
