import { describe, expect, it } from 'vitest';
import { text } from '../../../src/decode/formats/text.ts';
import { decodeAll } from '../support.ts';

const bytes = (...lines: string[]): Uint8Array => Uint8Array.from(Buffer.from(lines.join('\n'), 'latin1'));
const decode = (...lines: string[]) => decodeAll(text, bytes(...lines), { width: 0, height: 0 });

describe('text', () => {
  it.each([
    ['t x y p in seconds', ['0.000001 5 6 1', '1.500000 7 8 0']],
    ['x,y,p,t in microseconds', ['5,6,1,1', '7,8,0,1500000']],
    ['a heading that names the columns', ['p;y;x;timestamp', '1;6;5;1', '0;8;7;1500000']],
    ['Metavision with its comments', ['%geometry:640,480', '5,6,1,1', '7,8,-1,1500000']],
    ['ECD with the size in the first line', ['240 180', '0.000001 5 6 1', '1.500000000 7 8 0']],
  ])('reads %s', (_, lines) => {
    expect(decode(...lines).rows).toEqual([
      [1, 5, 6, 1],
      [1_500_000, 7, 8, 0],
    ]);
  });

  it('keeps the microseconds of times since 1970', () => {
    expect(decode('1633953690.975951 1 2 1', '1633953690.975953 1 2 1').rows.map(([t]) => t)).toEqual([
      1_633_953_690_975_951, 1_633_953_690_975_953,
    ]);
  });

  it('counts lines that are no events, and events outside the sensor', () => {
    const { rows, counters } = decode('%geometry:10,10', '1,1,1,105', 'oops', '2,2,1,106', '99,2,1,107', '3,3,1,108');
    expect(rows.map(([t]) => t)).toEqual([105, 106, 108]);
    expect(counters).toMatchObject({ unknownWords: 1, outOfRange: 1 });
  });

  it.each([['Dear diary,\nit rained'], ['1 2 3\n4 5 6'], ['1.5,2.5,3.5,4.5'], ['{"a": 1}'], ['name,age,x\nbob,3,4']])(
    'takes %j for no recording',
    (content) => {
      expect(text.detect?.(Buffer.from(content))).toBeUndefined();
    },
  );
});
