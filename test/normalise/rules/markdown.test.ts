import { describe } from 'vitest';
import { markdown } from '../../../src/normalise/rules/markdown.ts';
import { table } from './table.ts';

describe('markdown', () => {
  table(markdown, [
    ['**A car** moves *left*.', 'A car moves left.'],
    ['# Scene\nA car.', 'Scene.\nA car.'],
    ['- A car\n- A dog', 'A car.\nA dog.'],
    ['1. A car\n2. A dog', 'A car.\nA dog.'],
    ['3. place for a car', '3. place for a car'],
    ['```text\nA car.\n```', '\nA car.\n'],
    ['A [car](https://example.org) moves.', 'A car moves.'],
    ['> A car.', 'A car.'],
    ['`A car` moves', 'A car moves'],
    ['A #1 fan, 5 * 3 px, snake_case_name', 'A #1 fan, 5 * 3 px, snake_case_name'],
    ['-5 degrees', '-5 degrees'],
  ]);
});
