import { describe, expect, test } from 'vitest';
import { factsChanged } from '../../src/normalise/factsChanged.ts';

describe('a rewrite', () => {
  test.each([
    ['A small car moving left past two people.', 'Two people and a small car moving left.', undefined],
    ['A small car moving left.', 'A small car moving right.', 'a number, a negation or a direction'],
    ['Two cars moving left.', 'Cars moving left.', 'a number, a negation or a direction'],
    ['A car that is not moving.', 'A car moving.', 'a number, a negation or a direction'],
    ['A sign for Zürich beside a road.', 'A sign beside a road.', 'the name zürich'],
    ['A sign beside a road.', 'A sign for Zürich beside a road.', 'the name zürich'],
    ['A car, a dog, a tree and a house on a hill.', 'A car on a hill.', 'too much was left out'],
    ['A car on a hill.', 'A car on a hill with a dog, a tree and a house.', 'too much was added'],
  ])('of %j as %j changes %s', (before, after, changed) => {
    expect(factsChanged(before, after)).toBe(changed);
  });
});
