import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Form, houseStyle } from '../../src/normalise/normalisers/houseStyle.ts';
import { vendorCaption } from './generated.ts';

/** Written without the rules' own list, so that a hole in that list is seen here. */
const FACTS =
  /(?<![\p{L}\p{N}])(?:-?\$?\d[\d.,:/]*\d|-?\$?\d|two|three|forty|not|never|no|without|doesn't|left|right|upwards|downwards|top|bottom|away|clockwise|diagonally|north|behind|above|under|towards|approaches|falls|falling)(?![\p{L}\p{N}])/giu;
const NAMES = /Anna|Zürich|Mount Rainier|Coca-Cola|St\. Mark|Big Ben|O['’]Brien|iPhone|NASA|Trader Joe's|de Vries|Queen Elizabeth II/gi;

const factsOf = (text: string): string[] => (text.match(FACTS) ?? []).map((fact) => fact.toLowerCase()).toSorted();
const namesOf = (text: string): string[] => (text.match(NAMES) ?? []).map((name) => name.replace('’', "'").toLowerCase()).toSorted();

describe.each<Form>(['sentence', 'telegraphic', 'tags'])('%s', (form) => {
  test('keeps every number, negation, direction and name of 10,000 generated captions', () => {
    const style = houseStyle({ form });
    assert(
      property(vendorCaption, (caption) => {
        const { text } = style.apply(caption);
        if (form === 'tags') expect(new Set(factsOf(text))).toEqual(new Set(factsOf(caption)));
        else expect(factsOf(text)).toEqual(factsOf(caption));
        // A telegram has no stops in names, and a list says a name once.
        if (form === 'sentence') expect(namesOf(text)).toEqual(namesOf(caption));
      }),
      { numRuns: 10_000, seed: 6 },
    );
  });

  test('is idempotent', () => {
    const style = houseStyle({ form });
    const settles = (caption: string): void => {
      const { text } = style.apply(caption);
      expect(style.apply(text).text).toBe(text);
    };
    assert(property(vendorCaption, settles), { numRuns: 3000, seed: 7 });
    assert(property(string({ unit: 'grapheme', maxLength: 120 }), settles), { numRuns: 2000, seed: 8 });
  });

  test('keeps facts also under a limit of words', () => {
    const style = houseStyle({ form, words: 8 });
    assert(
      property(vendorCaption, (caption) => {
        expect(new Set(factsOf(style.apply(caption).text))).toEqual(new Set(factsOf(caption)));
      }),
      { numRuns: 2000, seed: 9 },
    );
  });
});
