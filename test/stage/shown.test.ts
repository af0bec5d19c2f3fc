import { expect, it } from 'vitest';
import { shown } from '../../src/stage/shown.ts';

const cases: readonly (readonly [unknown, string])[] = [
  ['1.5', "'1.5'"],
  ['', "''"],
  ['a"b', `'a"b'`],
  ['a\n\0\u001b[31m', String.raw`'a\u{a}\u{0}\u{1b}[31m'`],
  ['\u202Ecod\u2066', String.raw`'\u{202e}cod\u{2066}'`],
  ['\uD800', String.raw`'\u{d800}'`],
  ['x'.repeat(1000), `'${'x'.repeat(60)}…' of 1,000 characters`],
  [Buffer.from('bytes'), "'bytes'"],
  [new Uint8Array(2 ** 20), `'${String.raw`\u{0}`.repeat(60)}…' of 1,048,576 bytes`],
  [undefined, 'undefined'],
  [5n, '5'],
  [Number.NaN, 'NaN'],
  [[1], 'a list'],
  [{ a: 5n }, 'an object'],
];

it('shows a foreign value on one line, escaped and shortened', () => {
  for (const [value, text] of cases) expect(shown(value)).toBe(text);
});
