import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CaptionRecord, captionRecord } from '../../src/publish/captionRecord.ts';
import type { Configuration } from '../../src/publish/configuration.ts';
import type { Sink } from '../../src/publish/sink.ts';
import { avroFile } from '../../src/publish/sinks/avroFile.ts';
import { jsonl } from '../../src/publish/sinks/jsonl.ts';
import { normalisedCaption } from './records.ts';

const configuration = (hash: string): Configuration => ({ hash, parts: { window: `window of ${hash}`, renderer: `renderer of ${hash}` } });
const [a, b, c] = ['a', 'b', 'c'].map(configuration) as [Configuration, Configuration, Configuration];

async function write(sink: Sink<CaptionRecord>, by: Configuration | undefined, ...numbers: number[]): Promise<void> {
  await sink.open!(by);
  for (const n of numbers)
    await sink.write(captionRecord(normalisedCaption(n), null, { pipeline: 'p', configHash: by?.hash ?? 'old' }), {} as never);
  await sink.close!();
}

describe.each([
  ['avroFile', (path: string) => avroFile<CaptionRecord>({ path })],
  ['jsonl', (path: string) => jsonl<CaptionRecord>({ path })],
])('the configurations in a file of %s (issue 11)', (_name, make) => {
  const path = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'configurations-')), 'captions');

  it('are none where there is no file, and no record', async () => {
    const file = await path();
    expect(await make(file).configurations!(a)).toEqual([]);
    await write(make(file), a);
    expect(await make(file).configurations!(b)).toEqual([]);
    await write(make(file), b, 1);
    expect(await make(file).configurations!(a)).toEqual([b]);
  });

  it('are all that wrote it, the last one last, also while it is open', async () => {
    const file = await path();
    await write(make(file), a, 1, 2);
    await write(make(file), b, 3);
    await write(make(file), c, 4);
    await write(make(file), b, 5);
    expect(await make(file).configurations!(a)).toEqual([a, c, b]);
    const open = make(file);
    await open.open!(a);
    expect((await make(file).configurations!(a)).at(-1)!.hash).toBe('b');
    await expect(make(file).open!(a)).rejects.toThrow('another run');
    await open.close!();
  });

  it('are what the last record tells where the companion is gone or of another file, however the file ends', async () => {
    const file = await path();
    await write(make(file), undefined, 1, 2, 3);
    const told = [{ hash: 'old', parts: expect.objectContaining({ renderer: expect.stringContaining('(') as string }) as object }];
    expect(await make(file).configurations!(a)).toEqual(told);
    await rm(`${file}.index`);
    expect(await make(file).configurations!(a)).toEqual(told);
    await appendFile(file, '{"id":"torn');
    expect(await make(file).configurations!(a)).toEqual(told);
    const foreign = await path();
    await appendFile(foreign, '{"name": "settings"}\n');
    expect(await make(foreign).configurations!(a)).toEqual([]);
  });

  it('are none in a pipe, which nobody waits for', async () => {
    const pipe = await path();
    execFileSync('mkfifo', [pipe]);
    expect(await make(pipe).configurations!(a)).toEqual([]);
    await expect(make(pipe).open!(a)).rejects.toThrow('a pipe, socket or device');
  });
});

it('are not looked for behind empty lines without number (issue 11)', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'configurations-')), 'captions.jsonl');
  await write(jsonl<CaptionRecord>({ path: file }), undefined, 1);
  await appendFile(file, '\n'.repeat(9));
  expect(await jsonl<CaptionRecord>({ path: file }).configurations!(a)).toHaveLength(1);
  await appendFile(file, '\n'.repeat(100_000));
  expect(await jsonl<CaptionRecord>({ path: file }).configurations!(a)).toEqual([]);
});
