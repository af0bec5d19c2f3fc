/**
 * What no rule may lose or add: numbers, negations and directions. Each changes the truth of a caption in one
 * word, so a rule whose result differs in them is undone (see houseStyle), and a rewrite that does is refused.
 * Negations are one kind: "is not" and "isn't" say the same.
 */
export function protectedWords(text: string): string[] {
  const found: string[] = [];
  const plain = text.toLowerCase();
  for (const word of plain.match(ASCII.test(plain) ? ASCII_WORD : WORD) ?? []) {
    if (PROTECTED.has(word)) found.push(word);
    else if (NEGATIONS.has(word) || word.endsWith("n't")) found.push('not');
    else if (DIGIT.test(word)) found.push(word);
  }
  return found;
}

/** Same words, same number of times; their order may differ. */
export const sameProtected = (before: readonly string[], after: readonly string[]): boolean =>
  before.length === after.length && (before.every((word, i) => word === after[i]) || sorted(before) === sorted(after));

const sorted = (words: readonly string[]): string => words.toSorted().join(' ');

/** "close-up" is a kind of view and no direction, so it is one word here; a number is one with its sign and marks. */
const WORD = /close[- ]up|[-+]?\p{N}+(?:[.,:/]\p{N}+)*|\p{L}+(?:['’]\p{L}+)?/gu;
/** The same for plain ASCII, which most captions are: three times as fast. */
const ASCII_WORD = /close[- ]up|[-+]?\d+(?:[.,:/]\d+)*|[a-z]+(?:'[a-z]+)?/g;
const ASCII = /^[\x20-\x7E]*$/;
const DIGIT = /\p{N}/u;

const NEGATIONS = new Set('no not never none nobody nothing nowhere neither nor without cannot hardly barely rarely seldom'.split(' '));

const PROTECTED = new Set(
  [
    // Numbers.
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    'twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion billions',
    'dozen dozens half double once twice thrice both single pair pairs couple first second third fourth fifth sixth seventh eighth ninth tenth',
    // Directions and places.
    'left right up down top bottom upper lower leftmost rightmost topmost bottommost above below under over behind front forward forwards backward backwards inward inwards outward outwards',
    'sideways leftward leftwards rightward rightwards upward upwards downward downwards toward towards away ahead',
    'north northeast northwest south southeast southwest east west northward northwards southward southwards eastward eastwards westward westwards clockwise counterclockwise anticlockwise',
    'horizontal horizontally vertical vertically diagonal diagonally lateral laterally',
    'approach approaches approaching approached recede recedes receding receded',
    'ascend ascends ascending ascended descend descends descending descended rise rises rising fall falls falling',
  ].flatMap((line) => line.split(' ')),
);
