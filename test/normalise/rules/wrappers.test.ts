import { describe } from 'vitest';
import { wrappers } from '../../../src/normalise/rules/wrappers.ts';
import { table } from './table.ts';

describe('wrappers', () => {
  table(wrappers, [
    ['Caption: "A car moves left."', 'A car moves left.'],
    ['"A car moves left"', 'A car moves left'],
    ['"A car moves left".', 'A car moves left.'],
    ['"A car moves', 'A car moves'],
    ["Sure! Here's a short caption for the image: A car.", 'A car.'],
    ['Here is the description: "A car."', 'A car.'],
    ['Short caption (20 words): A car.', 'A car.'],
    ['"STOP" is on a sign beside "GO"', '"STOP" is on a sign beside "GO"'],
    ['A sign with "STOP"', 'A sign with "STOP"'],
    ['Sure footing: a goat climbs up.', 'Sure footing: a goat climbs up.'],
    ['"Caption: A car."', 'A car.'],
  ]);
});
