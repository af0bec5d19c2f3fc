import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalised } from '../../../src/cli/commands/normalise.ts';
import { readCaptions } from '../../../src/cli/support/readCaptions.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'captions-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const written = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const row = { text: 'A "big", red car\nmoves', model: 'm', image: 'i' };

describe('captions are read from', () => {
  test('JSON lines', async () => {
    const path = await written('a.jsonl', `${JSON.stringify(row)}\n\n`);
    expect((await readCaptions(path)).rows).toEqual([row]);
  });

  test('CSV with quotes', async () => {
    const path = await written('a.csv', 'text,model,image\r\n"A ""big"", red car\nmoves",m,i\r\n');
    expect((await readCaptions(path)).rows).toEqual([row]);
  });

  test('TSV with escapes', async () => {
    const path = await written('a.tsv', 'text\tmodel\timage\nA "big", red car\\nmoves\tm\ti\n');
    expect((await readCaptions(path)).rows).toEqual([row]);
  });

  test('Avro', async () => {
    const path = join(folder, 'a.avro');
    const fields = ['text', 'model', 'image'].map((name) => ({ name, type: 'string' }));
    const encoder = avsc.createFileEncoder(path, avsc.Type.forSchema({ type: 'record', name: 'Row', fields }));
    await new Promise((done) => encoder.end(row, () => encoder.on('close', done).on('finish', done)));
    expect((await readCaptions(path)).rows.map((record) => ({ ...record }))).toEqual([row]);
  });
});

describe('says what is wrong with', () => {
  test.each([
    ['a.csv', 'text,model\nA car\n', /row 2: 1 columns, but the header has 2/],
    ['b.jsonl', '{"text":"A"}\n{oops\n', /line 2: not JSON/],
    ['c.csv', 'words,model\nA car,m\n', /no column 'text' \(found: words, model\); name it with --text/],
    ['d.txt', 'A car', /give \.jsonl, \.csv, \.tsv or \.avro/],
    ['e.csv', 'text\n', /no captions in it/],
  ])('%s', async (name, content, message) => {
    await expect(readCaptions(await written(`bad-${name}`, content))).rejects.toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(readCaptions(join(folder, 'none.csv'))).rejects.toThrow(/none\.csv: cannot be read/);
  });
});

test('normalise keeps all columns and adds the caption in house style, its flags and its confidence', async () => {
  const path = await written('n.csv', 'image,text,extra\n1,There appears to be a car moving left,x\n');
  expect(await Array.fromAsync(normalised(path))).toEqual([
    {
      image: '1',
      text: 'There appears to be a car moving left',
      extra: 'x',
      normalised: 'A car moving left.',
      flags: ['hedged'],
      confidence: 0.7,
    },
  ]);
});
