import { describe } from 'vitest';
import { metaMentions } from '../../../src/normalise/rules/metaMentions.ts';
import { table } from './table.ts';

describe('mentions of the picture', () => {
  table(metaMentions, [
    ['There are no other objects visible in the image.', 'There are no other objects.'],
    ['The car in the picture moves.', 'The car moves.'],
    ['In the background, you can see a lamp.', 'In the background, a lamp.'],
    ['A can on a table, and there is a spoon.', 'A can on a table, and a spoon.'],
    ['A car, and there are no people.', 'A car, and there are no people.'],
    ['A person in the picture frame.', 'A person in the picture frame.'],
    ['A dog in the left of the frame.', 'A dog in the left of the frame.'],
    ['A mug with a picture of a dog.', 'A mug with a picture of a dog.'],
    ['A car moving across the frame.', 'A car moving across the frame.'],
  ]);
});
