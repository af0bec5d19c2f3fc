import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deadLettersInFile } from '../../../src/cli/support/deadLettersInFile.ts';

const position = { source: 't', unit: 'offset', partition: 0, first: 1, end: 2 };
const letter = { rejectedAtUs: 1, sensor: 'cam', code: 'DECODE_MALFORMED', id: '', start: null, end: null, position };

const fileOf = async (...lines: readonly unknown[]): Promise<string> => {
  const path = join(await mkdtemp(join(tmpdir(), 'saccade-letters-')), 'dead.jsonl');
  await writeFile(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return path;
};

describe('a file of dead letters', () => {
  it('gives its letters', async () => {
    expect(await deadLettersInFile(await fileOf(letter, { ...letter, start: 5, end: 6 }))).toMatchObject([letter, { start: 5 }]);
  });

  it.each([
    ['no JSON', '{"sensor', /line 2: .*JSON/],
    ['no object', 'null', /line 2: no dead letter: the whole.*found null/],
    ['without a position', { ...letter, position: undefined }, /line 2: no dead letter: position.*found undefined/],
    ['at an offset that is none', { ...letter, position: { ...position, first: 'one' } }, /position\.first.*found 'one'/],
    ['at an offset beyond what is exact', { ...letter, position: { ...position, first: 2 ** 60 } }, /position\.first/],
    ['of a sensor that is a list', { ...letter, sensor: [] }, /sensor.*found a list/],
    ['that starts half a microsecond in', { ...letter, start: 0.5 }, /start.*found 0\.5/],
  ])('says which line holds a letter %s (issue 11)', async (_what, odd, message) => {
    const reading = deadLettersInFile(await fileOf(letter, odd, letter));
    await expect(reading).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringMatching(message) });
  });
});
