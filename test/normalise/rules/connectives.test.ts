import { describe } from 'vitest';
import { connectives } from '../../../src/normalise/rules/connectives.ts';
import { table } from './table.ts';

describe('connectives', () => {
  table(connectives, [
    ['However, a car moves.', 'A car moves.'],
    ['A dog runs. Additionally, there is a cat.', 'A dog runs. There is a cat.'],
    ['Yes, the image shows a keyboard.', 'The image shows a keyboard.'],
    ['Overall, unfortunately, a car.', 'A car.'],
    ['No, a car.', 'No, a car.'],
    ['Finally a car.', 'Finally a car.'],
  ]);
});
