import { expect, test } from 'vitest';
import { houseStyle } from '../../src/normalise/houseStyle.ts';

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
