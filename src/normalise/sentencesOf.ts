/**
 * Sentences of a text, each with its stop and without outer spaces. A stop ends a sentence only before a space
 * and a capital, a digit or a quote, so "No. 5" is cut and "3.5 m" is not; abbreviations before a name are not ends.
 */
export const sentencesOf = (text: string): string[] =>
  END.test(text)
    ? text
        .split(BOUNDARY)
        .map((sentence) => sentence.trim())
        .filter((sentence) => sentence !== '')
    : [text];

/** Applies a change to each sentence. Most captions are one sentence, which is then not taken apart. */
export const eachSentence = (text: string, change: (sentence: string) => string): string =>
  END.test(text) ? sentencesOf(text).map(change).join(' ').trim() : change(text);

/** A capital at the beginning. iPhone and eBay keep their spelling: only a word that is all lower case gets one. */
export const capital = (text: string): string => (/^["'(]*\p{Ll}(?!\p{L}*\p{Lu})/u.test(text) ? text.replace(/\p{Ll}/u, upper) : text);

/** A letter without a capital of its own stays. */
const upper = (letter: string): string => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter);

const END = /[.!?]["')\]]*\s/;
const BOUNDARY =
  /(?<!\s)(?=\s)(?<=[.!?]["')\]]*)(?<!\b(?:mr|mrs|ms|dr|st|mt|no|vs|jr|sr|prof|approx|fig|e\.g|i\.e|\p{Lu})\.)\s+(?=["'([]?[\p{Lu}\p{N}])/iu;
