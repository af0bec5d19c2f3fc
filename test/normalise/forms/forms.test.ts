import { expect, test } from 'vitest';
import { tags } from '../../../src/normalise/forms/tags.ts';
import { telegraphic } from '../../../src/normalise/forms/telegraphic.ts';

test.each([
  ['A small car moving to the left of two people.', 'Small car moving left two people', 'Small car moving, left, two people'],
  ["A $1,200.50 bill on John's table, 50% off", "$1,200.50 bill John's table 50% off", "$1,200.50 bill, John's table, 50% off"],
  ['There is no motion.', 'No motion', 'No motion'],
  ['A dog, a cat and a dog.', 'Dog cat dog', 'Dog, cat'],
  ['A close-up of a 500-gram bag at -5 degrees', 'Close-up 500-gram bag -5 degrees', 'Close-up, 500-gram bag, -5 degrees'],
  ['A ball flying from the left to the right.', 'Ball flying left-to-right', 'Ball flying left-to-right'],
  ['', '', ''],
])('%j is telegraphed as %j and tagged as %j', (sentence, telegram, list) => {
  expect(telegraphic(sentence)).toBe(telegram);
  expect(tags(sentence)).toBe(list);
  expect(telegraphic(telegram)).toBe(telegram);
  expect(tags(list)).toBe(list);
});
