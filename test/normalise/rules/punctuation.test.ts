import { describe } from 'vitest';
import { punctuation } from '../../../src/normalise/rules/punctuation.ts';
import { table } from './table.ts';

describe('punctuation', () => {
  table(punctuation, [
    ['Two cars; one bus', 'Two cars, one bus'],
    ['A taste of Wales: A jar of jam', 'A taste of Wales, a jar of jam'],
    ['A car - a bus', 'A car, a bus'],
    ['A car, a bus, and a tram.', 'A car, a bus and a tram.'],
    ['A dog, running left.', 'A dog running left.'],
    ["A sign 'STOP' on a wall", 'A sign "STOP" on a wall'],
    ["The dogs' bowl isn't full", "The dogs' bowl isn't full"],
    ['At 3:45, 1,234 cars at -5 degrees', 'At 3:45, 1,234 cars at -5 degrees'],
    ['A drop - -5 degrees', 'A drop, -5 degrees'],
  ]);
});
