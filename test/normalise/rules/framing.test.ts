import { describe } from 'vitest';
import { framing } from '../../../src/normalise/rules/framing.ts';
import { table } from './table.ts';

describe('framing', () => {
  table(framing, [
    ['A close-up view of a hand.', 'A hand.'],
    ['A detailed close up of two coins.', 'Two coins.'],
    ['The close-up of a face.', 'A face.'],
    ['A hand close up.', 'A hand close up.'],
    ['A view of a street.', 'A view of a street.'],
  ]);
});
