import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import { avroFile } from '../../../src/publish/sinks/avroFile.ts';
import { position } from '../../stage/items.ts';
import { readContainer } from '../fileKinds.ts';
import { captionRecords } from '../records.ts';
import { fileSinkContract } from '../sink.contract.ts';

describe('avroFile', () => {
  it('writes a container that any Avro reader opens, every field as it was given', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'saccade-avro-')), 'captions.avro');
    const sink = avroFile<CaptionRecord>({ path });
    const records = captionRecords(5);
    await sink.open?.();
    await Promise.all(records.map((record) => sink.write(record, position())));
    await sink.close?.();
    expect(JSON.parse(JSON.stringify(await readContainer(await readFile(path))))).toEqual(JSON.parse(JSON.stringify(records)));
  });

  it('refuses a file of another kind, and leaves it as it is', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'saccade-avro-')), 'captions.avro');
    await writeFile(path, 'my diary');
    await expect(avroFile({ path }).open?.()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(path) });
    expect(await readFile(path, 'utf8')).toBe('my diary');
  });

  it('refuses one record that does not fit the schema, names the field, and writes the others', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'saccade-avro-')), 'captions.avro');
    const sink = avroFile<CaptionRecord>({ path });
    await sink.open?.();
    const [good, bad] = captionRecords(2);
    const outcomes = await Promise.allSettled([sink.write(good!, position()), sink.write({ ...bad!, events: 1.5 }, position())]);
    await sink.close?.();
    expect(outcomes[0]).toMatchObject({ status: 'fulfilled' });
    expect(outcomes[1]).toMatchObject({
      status: 'rejected',
      reason: { code: 'UNEXPECTED', message: expect.stringContaining('events = 1.5') },
    });
  });

  it('names a wrong option and the value found', () => {
    expect(() => avroFile({ path: '' })).toThrow(/avroFile\.path.*found ""/);
  });
});

fileSinkContract('avroFile', (path) => avroFile({ path }), readContainer);
