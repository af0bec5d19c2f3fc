import { describe } from 'vitest';
import { markdown } from '../../../src/normalise/rules/markdown.ts';
import { table } from './table.ts';

describe('markdown', () => {
  table(markdown, [
    ['**A car** moves *left*.', 'A car moves left.'],
    ['# Kitchen\nA car.', 'Kitchen.\nA car.'],
    ['**Event frame description**\n\nA car.', '\n\nA car.'],
    ['## Frame Analysis\nA car.', '\nA car.'],
    ['**A car**\nA dog.', 'A car.\nA dog.'],
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
