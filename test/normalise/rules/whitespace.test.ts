import { describe } from 'vitest';
import { whitespace } from '../../../src/normalise/rules/whitespace.ts';
import { table } from './table.ts';

describe('whitespace', () => {
  table(whitespace, [
    ['  A  car\n moves\tleft. ', 'A car moves left.'],
    ['A car moves left.', 'A car moves left.'],
    ['\u201CA car\u201D isn\u2019t there\u2026', '"A car" isn\'t there...'],
    ['A\u200Bcar\uFEFF \u00A0moves', 'Acar moves'],
    ['two cars\u2014one bus', 'two cars - one bus'],
    ['10\u201320 px', '10-20 px'],
    ['left\u2013right', 'left - right'],
    ['Cafe\u0301 in Zu\u0308rich', 'Caf\u00E9 in Z\u00FCrich'],
    ['東京の 車 moves', '東京の 車 moves'],
    ['', ''],
  ]);
});
