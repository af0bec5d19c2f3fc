import { describe } from 'vitest';
import { wholeClauses } from '../../../src/normalise/rules/wholeClauses.ts';
import { table } from './table.ts';

describe('length by whole clauses, 8 words', () => {
  table(wholeClauses(8), [
    ['A car moves left.', 'A car moves left.'],
    ['A car moves past. A dog sits and looks at it.', 'A car moves past.', 'shortened'],
    ['A dog runs over a lawn, creating a lively mood there.', 'A dog runs over a lawn.', 'shortened'],
    ['A dog runs. It is a nice day today. Two cars stand there.', 'A dog runs. Two cars stand there.', 'shortened'],
    ['A dog runs. A dog runs. A dog runs. A dog runs.', 'A dog runs.', 'shortened'],
    ['A dog and a cat and a cow and a hen run', 'A dog and a cat and a cow and a hen run', 'long'],
    ['A dog runs over a wide green lawn, which has no fence.', 'A dog runs over a wide green lawn, which has no fence.', 'long'],
  ]);
});
