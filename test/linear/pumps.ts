import { type Expression, writtenExpressions } from './expressions.ts';

/** What a stranger may repeat: marks that readers look for, and spaces of every kind. */
const MARKS = [
  ...Array.from(' \t\n\r\u2028\u00a0'),
  ...Array.from('"\'“’`{}[]()<>:;,./\\*_#|!?-+=&%$~^@'),
  ...Array.from('a1xİé—\u200b'),
  '\r\n',
  '/*',
  '//',
  '."',
  ".')",
  '**',
  '```',
  '{"a":',
  '["',
  "n't ",
  'a ',
  'A. ',
  '1. ',
  '- ',
  ', ',
  '1:1 ',
  '[a](',
  '<node ',
  '""',
  '.5',
  'x,',
  ' .',
];

/** Words out of the expressions themselves, which get furthest into them. */
export const wordsOf = (expressions: readonly Expression[]): string[] => [
  ...new Set(expressions.flatMap(({ source }) => source.replaceAll(/\\[a-zA-Z]\{?/g, ' ').match(/[A-Za-z']{2,}/g) ?? [])),
];

/** Words with a space behind, and marks. @param every only each so manieth word */
export const pumps = (every = 1): string[] => [
  ...MARKS,
  ...wordsOf(writtenExpressions())
    .filter((_, i) => i % every === 0)
    .map((word) => `${word} `),
];

/** What is around a pump: an expression that begins in it must fail behind it, or begin before it. */
export const frames: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['x', 'x'],
  ['{"dense": "', 'x"}'],
  ['{a: x', 'y}'],
  ["{'", ''],
  ['A car is ', ' x.'],
];

/** A text of about `length` characters. */
export const pumped = (pump: string, [before, after]: readonly [string, string], length: number): string =>
  before + pump.repeat(Math.ceil(length / pump.length)) + after;
