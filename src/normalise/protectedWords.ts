/**
 * What no rule may lose or add: numbers, negations and directions. Each changes the truth of a caption in one
 * word, so a rule whose result differs in them is undone (see houseStyle), and a rewrite that does is refused.
 */
export const protectedWords = (text: string): string[] => {
  const found: string[] = [];
  for (const [word] of text.matchAll(PROTECTED)) found.push(kindOf(word.toLowerCase()));
  return found;
};

/** Same words, same number of times; their order may differ. */
export function keepsProtected(before: string, after: string): boolean {
  if (before === after) return true;
  const was = protectedWords(before).toSorted();
  const is = protectedWords(after).toSorted();
  return was.length === is.length && was.every((word, i) => word === is[i]);
}

const kindOf = (word: string): string => (NEGATION.test(word) ? 'not' : word);

const NEGATION = /^(?:no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|cant|dont|isnt|.*n't)$/;

const PROTECTED = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:` +
    [
      // Numbers: as digits with their separators, and as words.
      String.raw`[-+]?\p{N}+(?:[.,:/]\p{N}+)*`,
      'zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen',
      'twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|double|twice|thrice',
      'first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth',
      // Negations.
      `no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|\\p{L}+n't`,
      // Directions and places.
      'left|right|up|down|top|bottom|above|below|under|over|behind|front|forwards?|backwards?|inwards?|outwards?|sideways',
      'leftwards?|rightwards?|upwards?|downwards?|towards?|away|toward|ahead|north(?:east|west)?|south(?:east|west)?|east|west',
      '(?:counter-?|anti-?)?clockwise|horizontal(?:ly)?|vertical(?:ly)?|diagonal(?:ly)?|lateral(?:ly)?',
      'approach(?:es|ing|ed)?|reced(?:es|ing|ed|e)|ascend(?:s|ing|ed)?|descend(?:s|ing|ed)?|ris(?:es|ing|e)|fall(?:s|ing)?',
    ].join('|') +
    String.raw`)(?![\p{L}\p{N}])`,
  'giu',
);
