import { expect, test } from 'vitest';
import { houseStyle } from '../../../src/normalise/normalisers/houseStyle.ts';

test('brings what three vendors say about one frame to the same words', () => {
  const style = houseStyle();
  const said = [
    'The image shows a car moving to the left',
    'Caption: "**A car** moving to the left."',
    'Sure! Here is a caption: In this image, we can see a car moving to the left!',
  ];
  expect(new Set(said.map((text) => style.apply(text).text))).toEqual(new Set(['A car moving to the left.']));
});

test('keeps the flags that came with the answer', () => {
  expect(houseStyle().apply('A car.', ['estimated']).flags).toEqual(['estimated']);
});

test('undoes a rule that would lose a direction', () => {
  expect(houseStyle().apply('The left frame shows a car.').text).toContain('left');
});

test.each([
  ['one word', 'a'.repeat(100_000)],
  ['spaces', `a${' '.repeat(100_000)}b`],
  ['quotes', '"'.repeat(100_000)],
  ['a loop', 'A dog runs. '.repeat(10_000)],
  ['half a list', 'a, '.repeat(30_000)],
])('a model that runs wild (%s) costs little time', (_, text) => {
  const started = process.cpuUsage();
  houseStyle({ words: 40 }).apply(text);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1500);
});

test('gives an empty caption for a refusal, with flags that say so', () => {
  expect(houseStyle().apply("I'm sorry, but I can't help with that.")).toMatchObject({ text: '', flags: ['refused', 'empty'] });
});

test('refuses a form that is none', () => {
  expect(() => houseStyle({ form: 'prose' as 'sentence' })).toThrow(
    /houseStyle\.form: must be 'sentence', 'telegraphic' or 'tags' \(found "prose"\)/,
  );
});
