import { describe } from 'vitest';
import { truncatedTail } from '../../../src/normalise/rules/truncatedTail.ts';
import { table } from './table.ts';

describe('truncated tail', () => {
  table(truncatedTail, [
    ['A bottle of', 'A bottle', 'truncated'],
    ['A person is holding a', 'A person is holding', 'truncated'],
    ['A bottle of the', 'A bottle', 'truncated'],
    ['A dog runs. The man is wearing a', 'A dog runs.', 'truncated'],
    ['A dog runs. Two men are in', 'A dog runs. Two men', 'truncated'],
    ['A', '', 'truncated'],
    ['A car moves left', 'A car moves left'],
    ['A light that is turned on.', 'A light that is turned on.'],
    ['Box of.', 'Box', 'truncated'],
    ['A car with no', 'A car with no'],
    ['', ''],
  ]);
});
