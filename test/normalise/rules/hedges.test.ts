import { describe, expect, test } from 'vitest';
import { hedges } from '../../../src/normalise/rules/hedges.ts';
import { draftOf, table } from './table.ts';

describe('hedges', () => {
  table(hedges, [
    ['What appears to be a dog runs left.', 'A dog runs left.', 'hedged'],
    ['There appears to be a car.', 'There is a car.', 'hedged'],
    ['Two people seem to be walking.', 'Two people are walking.', 'hedged'],
    ['The scene seems to be static.', 'The scene is static.', 'hedged'],
    ['A hand, possibly holding a cup.', 'A hand, holding a cup.', 'hedged'],
    ['A vehicle, probably a truck, moves left.', 'A vehicle, a truck, moves left.', 'hedged'],
    ['A car is likely moving.', 'A car is moving.', 'hedged'],
    ['A flying object (maybe a ball).', 'A flying object (a ball).', 'hedged'],
    ['It is likely that a car passes.', 'A car passes.', 'hedged'],
    ['The picture might show two dogs.', 'The picture shows two dogs.', 'hedged'],
    ['A dog appears to be near a wall.', 'A dog is near a wall.', 'hedged'],
    ['Nothing appears to be moving.', 'Nothing is moving.', 'hedged'],
    ['A car that is not likely to move.', 'A car that is not likely to move.'],
    ['A likely candidate waits.', 'A likely candidate waits.'],
    ['A parade in May.', 'A parade in May.'],
    ['A woman looks up.', 'A woman looks up.'],
  ]);

  test.each([
    ['A car moves.', 1],
    ['A car, probably red.', 0.7],
    ['Perhaps a car.', 0.5],
    ['There appears to be a car, possibly two.', 0.5],
  ])('%j has confidence %d', (text, confidence) => {
    expect(hedges(draftOf(text)).confidence).toBe(confidence);
  });
});
