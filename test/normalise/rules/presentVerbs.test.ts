import { describe } from 'vitest';
import { presentVerbs } from '../../../src/normalise/rules/presentVerbs.ts';
import { table } from './table.ts';

describe('tense: verbs of motion and posture', () => {
  table(presentVerbs, [
    ['A car moves left.', 'A car moving left.'],
    ['Two cars drive down a street.', 'Two cars driving down a street.'],
    ['Several people walk past.', 'Several people walking past.'],
    ['A hand waves.', 'A hand waving.'],
    ['A bus passes a tram.', 'A bus passing a tram.'],
    ['A ball rises.', 'A ball rises.'],
    ['Waves on a beach.', 'Waves on a beach.'],
    ['A dog on a walk in a park.', 'A dog on a walk in a park.'],
    ["A woman's rest in the shade.", "A woman's rest in the shade."],
    ['A car that moves left is red.', 'A car that moves left is red.'],
    ['A car does not move.', 'A car does not move.'],
  ]);
});
