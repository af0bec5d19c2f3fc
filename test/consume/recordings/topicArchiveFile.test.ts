import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faultyDisk } from '../../files/faultyDisk.ts';
import { long } from '../../fuzz/avroPacket.ts';
import { isTopicArchive, readTopicArchive } from '../../../src/consume/recordings/readTopicArchive.ts';
import { type ArchivedMessage, topicArchiveFile } from '../../../src/consume/recordings/topicArchiveFile.ts';
import { writeTopicArchive } from '../../../src/consume/recordings/writeTopicArchive.ts';

/** Written by the version before the archive and the Avro sink shared one container format. */
const EARLIER = fileURLToPath(new URL('fixtures/topicArchive.avro', import.meta.url));

const messageAt = (i: number): ArchivedMessage => ({
  topic: 't',
  partition: i % 2,
  offset: i >> 1,
  timestampMs: 1000 + i,
  key: Buffer.from('cam'),
  value: i === 3 ? null : Buffer.from([i, 2, 3]),
  headers: { encoding: Buffer.from('evt3') },
});
const messages = (count: number): ArchivedMessage[] => Array.from({ length: count }, (_, i) => messageAt(i));

const newPath = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'saccade-archive-')), 'topic.avro');

async function write(path: string, some: readonly ArchivedMessage[]): Promise<void> {
  const archive = await writeTopicArchive(path);
  for (const message of some) await archive.add(message);
  await archive.close();
}

async function read(path: string): Promise<object[]> {
  const found: object[] = [];
  for await (const message of readTopicArchive(path)) found.push({ ...message });
  return found;
}

describe('an archive of a topic', () => {
  it('that claims more messages than it holds is damaged, and not read for ever (issue 11)', async () => {
    const path = await newPath();
    await write(path, messages(5));
    const bytes = await readFile(path);
    const { header } = topicArchiveFile;
    expect(bytes[header.length]).toBe(10);
    // The count of the first block: 5 becomes 2^40.
    await writeFile(path, Buffer.concat([header, long(2n ** 40n), bytes.subarray(header.length + 1)]));
    await expect(read(path)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringMatching(/archive is damaged/),
    });
  });

  it('gives the messages back as they were', async () => {
    const path = await newPath();
    await write(path, messages(5));
    expect(await isTopicArchive(path)).toBe(true);
    expect(await read(path)).toEqual(messages(5));
  });

  it('has the bytes that earlier versions wrote', async () => {
    const path = await newPath();
    await write(path, messages(5));
    expect(await readFile(path)).toEqual(await readFile(EARLIER));
  });

  it('continues a file of an earlier version, after its last whole block', async () => {
    const path = await newPath();
    await copyFile(EARLIER, path);
    const archive = await writeTopicArchive(path);
    expect([archive.count, [...archive.next]]).toEqual([
      5,
      [
        [0, 3],
        [1, 2],
      ],
    ]);
    await archive.add(messageAt(5));
    await archive.close();
    expect(await read(path)).toEqual(messages(6));
    await truncate(path, (await readFile(path)).length - 3);
    expect(await read(path)).toEqual(messages(5));
    await write(path, [messageAt(5)]);
    expect(await read(path)).toEqual(messages(6));
  });

  it('says how much of the file was read', async () => {
    const path = await newPath();
    await write(path, messages(2));
    await write(path, messages(2));
    const ends: number[] = [];
    for await (const { offset } of readTopicArchive(path, (bytes) => ends.push(bytes))) expect(offset).toBe(0);
    expect(ends).toHaveLength(2);
    expect(ends.at(-1)).toBe((await readFile(path)).length);
  });

  it('refuses a file that is none, and one that is damaged', async () => {
    const path = await newPath();
    await writeFile(path, 'my diary');
    expect(await isTopicArchive(path)).toBe(false);
    await expect(read(path)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining('no archive') });
    const bytes = await readFile(EARLIER);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await expect(read(path)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining('damaged') });
  });

  it('is continued by one at a time, and never over a file that is none, or damaged (issue 11)', async () => {
    const path = await newPath();
    await write(path, messages(4));
    const archive = await writeTopicArchive(path);
    await expect(writeTopicArchive(path)).rejects.toMatchObject({ message: expect.stringContaining('is being written by another run') });
    await archive.close();
    const bytes = await readFile(path);
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(path, bytes);
    await expect(writeTopicArchive(path)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/is damaged at byte/),
    });
    expect(await readFile(path)).toEqual(bytes);
    const diary = await newPath();
    await writeFile(diary, 'my diary');
    await expect(writeTopicArchive(diary)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await readFile(diary, 'utf8')).toBe('my diary');
  });

  it('counts on where it ended, with its companion and without (issue 11)', async () => {
    const path = await newPath();
    await write(path, messages(4));
    for (const forget of [async () => {}, async () => rm(`${path}.index`)]) {
      await forget();
      const archive = await writeTopicArchive(path);
      expect([archive.count, archive.next.get(0), archive.next.get(1)]).toEqual([4, 2, 2]);
      await archive.close();
    }
  });

  it('fails with the first failure of the disk, and has what was safe before it (issue 11)', async () => {
    const path = await newPath();
    const big = (i: number): ArchivedMessage => ({ ...messageAt(i), value: randomBytes(1 << 20) });
    // A write and a sync of the header, a sync of what is there, then a write and a sync for each block.
    const archive = await writeTopicArchive(path, faultyDisk({ at: 5, code: 'ENOSPC', written: 500, lasts: true }));
    await archive.add(big(0));
    await expect(archive.add(big(1))).rejects.toMatchObject({ message: expect.stringContaining('no space left on the device') });
    await expect(archive.add(big(2))).rejects.toMatchObject({ message: expect.stringContaining('no space left on the device') });
    await archive.close();
    const again = await writeTopicArchive(path);
    expect([again.count, again.next.get(0)]).toEqual([1, 1]);
    await again.close();
  });
});
