/** Words that say nothing of what is seen: fewer than the function words of the house style. */
const SMALL = new Set('a an the of to in on at by and or is are was with from its it this that as near into over along'.split(' '));

/** The words by which two captions are compared: lower case, without function words, a plural s or punctuation. */
export const comparedWords = (text: string): ReadonlySet<string> =>
  new Set(
    (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
      .filter((word) => !SMALL.has(word))
      .map((word) => (word.length > 3 ? word.replace(/s$/, '') : word)),
  );

/** How much two captions say the same: shared content words over the mean of both counts (Dice), 0..1. */
export function agreement(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 1;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return (2 * shared) / (a.size + b.size);
}
