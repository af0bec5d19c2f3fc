import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  });
}
