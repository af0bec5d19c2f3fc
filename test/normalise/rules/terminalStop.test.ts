import { describe } from 'vitest';
import { terminalStop } from '../../../src/normalise/rules/terminalStop.ts';
import { table } from './table.ts';

describe('terminal stop', () => {
  table(terminalStop, [
    ['a car moves left', 'A car moves left.'],
    ['A car!', 'A car.'],
    ['A car, ', 'A car.'],
    ['A sign with "STOP"', 'A sign with "STOP".'],
    ['A sign with "STOP."', 'A sign with "STOP".'],
    ['- a car...', 'A car.'],
    ['-5 degrees', '-5 degrees.'],
    ['.5 of a cup', '.5 of a cup.'],
    ['iPhone on a desk', 'iPhone on a desk.'],
    ['...', ''],
    ['', ''],
  ]);
});
