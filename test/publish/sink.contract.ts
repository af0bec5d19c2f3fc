import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readFile, readdir, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { Sink } from '../../src/publish/sink.ts';
import { position } from '../stage/items.ts';
import { captionRecords } from './records.ts';

export interface SinkUnderTest {
  /** One more sink of the same output. */
  readonly make: () => Sink<CaptionRecord>;
  /** The ids of the records that the output holds. */
  readonly ids: () => Promise<readonly string[]>;
}

/** What every sink keeps to, wherever it writes. `start` begins an output of its own. */
export function sinkContract(name: string, start: () => Promise<SinkUnderTest>): void {
  describe(`${name}, as every sink`, () => {
    it('has a name, and parameters that are JSON', async () => {
      const { name: word, params = {} } = (await start()).make();
      expect(word).toMatch(/^\w+$/);
      expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    });

    it('has a record in its output once the write resolves, without being closed', async () => {
      const { make, ids } = await start();
      const [record] = captionRecords(1);
      const sink = make();
      await sink.open?.();
      await sink.write(record!, position());
      expect(await ids()).toEqual([record!.id]);
      await sink.close?.();
    });

    it('keeps all records that are written at the same time, and leaves them as they are', async () => {
      const { make, ids } = await start();
      const records = captionRecords(20);
      const before = structuredClone(records);
      const sink = make();
      await sink.open?.();
      await Promise.all(records.map((record) => sink.write(record, position())));
      await sink.close?.();
      expect((await ids()).toSorted()).toEqual(records.map(({ id }) => id).toSorted());
      expect(records).toEqual(before);
    });

    it('adds to what a run before it wrote, and knows it, if it knows anything', async () => {
      const { make, ids } = await start();
      const [first, second] = captionRecords(2) as [CaptionRecord, CaptionRecord];
      for (const [record, before] of [
        [first, []],
        [second, [first]],
      ] as const) {
        const sink = make();
        await sink.open?.();
        if (sink.has)
          expect([first, second].map(({ id }) => sink.has!(id))).toEqual([first, second].map((one) => before.includes(one as never)));
        await sink.write(record, position());
        await sink.close?.();
      }
      expect(await ids()).toEqual([first.id, second.id]);
    });
  });
}

/** What every sink that writes a file keeps to. */
export function fileSinkContract(
  name: string,
  make: (path: string) => Sink<CaptionRecord>,
  read: (file: Buffer) => Promise<readonly { id: string }[]>,
): void {
  describe(`${name}, as every file sink`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-sink-'));
    afterAll(() => rm(folder, { recursive: true }));
    let files = 0;
    const fresh = (): string => join(folder, `new/${files++}.out`);
    const writeAll = async (path: string, records: readonly CaptionRecord[]): Promise<void> => {
      const sink = make(path);
      await sink.open?.();
      await Promise.all(records.map((record) => sink.write(record, position())));
      await sink.close?.();
    };
    const idsIn = async (path: string): Promise<string[]> => (await read(await readFile(path))).map(({ id }) => id);

    it('writes what can be read back, in a folder that it makes', async () => {
      const path = fresh();
      await writeAll(path, captionRecords(3));
      expect(await idsIn(path)).toEqual(captionRecords(3).map(({ id }) => id));
    });

    it('has the record in the file once a write resolves, without being closed', async () => {
      const path = fresh();
      const sink = make(path);
      await sink.open?.();
      await sink.write(captionRecords(1)[0]!, position());
      expect(await idsIn(path)).toHaveLength(1);
      await sink.close?.();
    });

    sinkContract(name, async () => {
      const path = fresh();
      return { make: () => make(path), ids: () => idsIn(path) };
    });

    it('continues a file, and knows the ids that are there', async () => {
      const path = fresh();
      const [first, second] = captionRecords(2);
      await writeAll(path, [first!]);
      const sink = make(path);
      await sink.open?.();
      expect(sink.has?.(first!.id)).toBe(true);
      expect(sink.has?.(second!.id)).toBe(false);
      await sink.write(second!, position());
      await sink.close?.();
      expect(await idsIn(path)).toEqual([first!.id, second!.id]);
    });

    it('cuts off a torn tail, and loses nothing before it', async () => {
      const path = fresh();
      const [first, second, third] = captionRecords(3);
      await writeAll(path, [first!]);
      const whole = (await readFile(path)).byteLength;
      await writeAll(path, [second!]);
      await truncate(path, (await readFile(path)).byteLength - 5);
      await writeAll(path, [third!]);
      expect(await idsIn(path)).toEqual([first!.id, third!.id]);
      expect(whole).toBeGreaterThan(0);
    });

    it('says what is wrong when the path cannot be written', async () => {
      await writeFile(join(folder, 'file'), '');
      await expect(make(join(folder, 'file', 'below.out')).open?.()).rejects.toMatchObject({
        code: 'SINK_FAILED',
        message: expect.stringContaining('below.out'),
      });
    });

    it.each(Object.entries(FOREIGN))('leaves %s as it is (issue 11)', async (_what, content) => {
      const path = fresh();
      await mkdir(join(folder, 'new'), { recursive: true });
      await writeFile(path, content);
      await expect(make(path).open?.()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(path) });
      expect(await readFile(path)).toEqual(Buffer.from(content));
      expect(await readdir(join(folder, 'new'))).not.toContain(`${basename(path)}.index`);
    });

    it('takes an empty file as a new one (issue 11)', async () => {
      const path = fresh();
      await mkdir(join(folder, 'new'), { recursive: true });
      await writeFile(path, '');
      await writeAll(path, captionRecords(2));
      expect(await idsIn(path)).toHaveLength(2);
    });

    it('refuses what is no file, and a link that leads nowhere, at once (issue 11)', async () => {
      const below = join(folder, `odd-${files++}`);
      await mkdir(join(below, 'folder'), { recursive: true });
      await symlink(join(below, 'nothing'), join(below, 'link'));
      execFileSync('mkfifo', [join(below, 'pipe')]);
      for (const [odd, message] of [
        ['folder', /is a folder, not a file/],
        ['pipe', /is a pipe, socket or device/],
        ['link', /leads nowhere/],
      ] as const)
        await expect(make(join(below, odd)).open?.()).rejects.toMatchObject({ message: expect.stringMatching(message) });
      await expect(make('/dev/null').open?.()).rejects.toMatchObject({ message: expect.stringMatching(/is a pipe, socket or device/) });
      expect((await readdir(below)).toSorted()).toEqual(['folder', 'link', 'pipe']);
    });

    it('has one writer at a time, by whatever name the file goes, and loses nothing of the first (issue 11)', async () => {
      const path = fresh();
      const [first, second] = captionRecords(2);
      const sink = make(path);
      await sink.open?.();
      await sink.write(first!, position());
      await symlink(join(folder, 'new'), join(folder, `link-${files}`));
      await link(path, `${path}.hard`);
      await symlink(path, `${path}.soft`);
      const others = [path, relative('.', path), join(folder, `link-${files}`, basename(path)), `${path}.soft`, `${path}.hard`];
      for (const other of others) await expect(make(other).open?.()).rejects.toMatchObject({ code: 'SINK_FAILED' });
      await unlink(`${path}.hard`);
      await expect(make(path).open?.()).rejects.toMatchObject({ message: expect.stringMatching(/is being written by another run/) });
      await sink.write(second!, position());
      await sink.close?.();
      expect(await idsIn(path)).toEqual([first!.id, second!.id]);
      await writeAll(path, captionRecords(3).slice(2));
      expect(await idsIn(path)).toHaveLength(3);
    });
  });
}

/** Files that people have. */
const FOREIGN: Readonly<Record<string, string | Uint8Array>> = {
  'settings in JSON': '{"camera":"cam-1","lens":"4 mm"}',
  'settings in JSON that were cut': '{"camera":"cam-1","le',
  'JSON over several lines': '{\n  "id": "cam-1"\n}\n',
  'JSON lines of others': '{"id":"T-1","title":"a leak","owner":"me","due":"May"}\n',
  'a list in JSON': '[{"id":"a"}]\n',
  text: 'my diary',
  'text in lines': 'Monday\nTuesday\n',
  'a picture': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]),
  'an Avro file of another schema': Buffer.concat([Buffer.from('Obj\x01\x02\x16avro.schema\x0c"long"\x00', 'latin1'), Buffer.alloc(16, 7)]),
  'zeros in a size that no crash leaves': new Uint8Array(3 << 20),
};
