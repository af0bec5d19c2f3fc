/**
 * The words of a caption that carry its content, lower-case, in order: what is left without articles, pronouns,
 * prepositions, copulas, auxiliaries and conjunctions. Numbers, negations and directions are content, also
 * where lists of function words usually hold them; so is "can", which is a thing as often as an auxiliary. Hyphens separate words; apostrophes do not.
 */
export const contentWords = (text: string): string[] => wordsOf(text).filter((word) => !FUNCTION_WORDS.has(word));

/** All words of a text, lower-case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

const WORD = /[\p{L}\p{M}\p{N}]+(?:['.,][\p{L}\p{M}\p{N}]+)*/gu;

/** English function words: a closed class, taken from grammar and not from any set of captions. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  [
    // Articles, demonstratives, possessives, quantifiers without a number.
    'a an the this that these those my your his her its our their such some any each every either another other others',
    'all much more most own same too very quite rather just only also even still so',
    // Pronouns.
    'i me we us you he him she it they them who whom whose which what where when why how there here',
    "myself yourself himself herself itself ourselves yourselves themselves it's he's she's there's that's here's what's who's its",
    'something someone somebody anything anyone anybody everything everyone everybody',
    // Copulas, auxiliaries, modals.
    "am is are was were be been being 's do does did doing done have has had having could may might must shall should will would",
    // Prepositions of place and relation; those of a way (across, into, past, over, through ...) are content.
    'of in on at by for with from to upon about as against alongside amid among between beside besides',
    'beyond during inside near next outside per since throughout till until via within than like',
    // Conjunctions.
    'and or but if then else while because although though whereas unless whether',
  ].flatMap((line) => line.split(' ')),
);
