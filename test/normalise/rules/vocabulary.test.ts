import { describe } from 'vitest';
import { vocabulary } from '../../../src/normalise/rules/vocabulary.ts';
import { table } from './table.ts';

describe('vocabulary', () => {
  table(vocabulary, [
    ['A mug, featuring a tower.', 'A mug with a tower.'],
    ['A note showcasing a portrait and highlighting a seal.', 'A note with a portrait with a seal.'],
    ['A box with vegetables on it.', 'A box with vegetables.'],
    ['A dog with a bird on it and a cat.', 'A dog with a bird and a cat.'],
    ['Duck & Heart', 'Duck and Heart'],
    ['Featuring a car.', 'Featuring a car.'],
    ['A dog sits on it.', 'A dog sits on it.'],
    ['A vehicle and a car.', 'A vehicle and a car.'],
  ]);
});
