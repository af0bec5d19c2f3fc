import type { NgramCounts } from './countNgrams.ts';

/**
 * Weights of the entries of `counts`: (1 + log tf) * idf, with the idf of the training documents, smoothed as if
 * one more document held every feature. The block of characters and the block of words each have length 1, and
 * a document with both has length sqrt 2.
 */
export function tfidf(counts: NgramCounts, training: Uint8Array): Float64Array {
  const { starts, features, counts: tf, charSize, size } = counts;
  const seen = new Float64Array(size);
  let documents = 0;
  for (let i = 0; i < training.length; i += 1) {
    if (!training[i]) continue;
    documents += 1;
    for (let at = starts[i]!; at < starts[i + 1]!; at += 1) seen[features[at]!]! += 1;
  }
  const weights = new Float64Array(tf.length);
  for (let i = 0; i < training.length; i += 1) {
    let charLength = 0;
    let wordLength = 0;
    for (let at = starts[i]!; at < starts[i + 1]!; at += 1) {
      const feature = features[at]!;
      const weight = seen[feature] === 0 ? 0 : (1 + Math.log(tf[at]!)) * (1 + Math.log((1 + documents) / (1 + seen[feature]!)));
      weights[at] = weight;
      if (feature < charSize) charLength += weight * weight;
      else wordLength += weight * weight;
    }
    const charScale = charLength > 0 ? 1 / Math.sqrt(charLength) : 0;
    const wordScale = wordLength > 0 ? 1 / Math.sqrt(wordLength) : 0;
    for (let at = starts[i]!; at < starts[i + 1]!; at += 1) weights[at]! *= features[at]! < charSize ? charScale : wordScale;
  }
  return weights;
}
