import { describe } from 'vitest';
import { tense } from '../../../src/normalise/rules/tense.ts';
import { table } from './table.ts';

describe('tense: copulas and relatives', () => {
  table(tense, [
    ['A car is moving left.', 'A car moving left.'],
    ['Two cars were parked on the left.', 'Two cars parked on the left.'],
    ['A can is on a white table.', 'A can on a white table.'],
    ['A sign that is hanging on a wall.', 'A sign hanging on a wall.'],
    ['A box that has two labels.', 'A box with two labels.'],
    ['A ball is being thrown.', 'A ball is being thrown.'],
    ['A car is not moving.', 'A car is not moving.'],
    ['The statue is old.', 'The statue is old.'],
    ['They are moving.', 'They are moving.'],
    ['A car is moving left. A bus is moving right.', 'A car moving left. A bus moving right.'],
    ['A sign says he is walking.', 'A sign says he is walking.'],
  ]);
});
