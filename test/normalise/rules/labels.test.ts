import { describe } from 'vitest';
import { labels } from '../../../src/normalise/rules/labels.ts';
import { table } from './table.ts';

describe('labels', () => {
  table(labels, [
    ['Main subject: A car. Motion: The car moves left.', 'A car. The car moves left.'],
    ['Other elements: one dog.', 'One dog.'],
    ['Activity: moderate throughout.', 'Activity: moderate throughout.'],
    ['Motion: none.', 'Motion: none.'],
    ['A taste of Wales: a jar of jam.', 'A taste of Wales: a jar of jam.'],
    ['At 3:45 a car passes.', 'At 3:45 a car passes.'],
  ]);
});
