import { describe } from 'vitest';
import { framing } from '../../../src/normalise/rules/framing.ts';
import { table } from './table.ts';

describe('framing', () => {
  table(framing, [
    ['A close-up view of a hand.', 'A hand in close-up.'],
    ['A detailed close up of two coins', 'Two coins in close-up'],
    ['The close-up of a face. A dog.', 'A face in close-up. A dog.'],
    ['A hand close up.', 'A hand close up.'],
    ['A view of a street.', 'A view of a street.'],
  ]);
});
