import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  nat,
  oneof,
  record as recordOf,
} from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppendFile, appendFile } from '../../src/publish/appendFile.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { type Fault, faultyDisk } from '../files/faultyDisk.ts';
import { fileKinds } from './fileKinds.ts';
import { captionRecords } from './records.ts';

const RECORDS = captionRecords(24);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-append-'));
});
afterAll(async () => rm(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, `${files++}.out`);

/** What is known of the companion when the file is opened again. */
const companions = ['kept', 'removed', 'overwritten', 'older'] as const;

const faults: Arbitrary<Fault> = recordOf({
  at: nat(16),
  code: constantFrom('ENOSPC', 'EIO'),
  written: oneof(constant(0), nat(900)),
  lasts: boolean(),
});

describe.each(Object.entries(fileKinds))('a file of records (%s)', (_kind, { framing, read }) => {
  const ids = async (path: string): Promise<string[]> => (await read(await readFile(path))).map(({ id }) => id);
  const make = (path: string, fault?: Fault): AppendFile<CaptionRecord> => appendFile(path, framing(), faultyDisk(fault));
  /** Writes groups of records; the ids of those that were acknowledged. */
  const writeGroups = async (
    sink: { write(record: CaptionRecord): Promise<void> },
    groups: readonly CaptionRecord[][],
  ): Promise<string[]> => {
    const acked: string[] = [];
    for (const group of groups)
      for (const [i, outcome] of (await Promise.allSettled(group.map((record) => sink.write(record)))).entries())
        if (outcome.status === 'fulfilled') acked.push(group[i]!.id);
    return acked;
  };
  const grouped = (sizes: readonly number[]): CaptionRecord[][] => {
    let first = 0;
    return sizes.map((size) => RECORDS.slice(first, (first += size)));
  };
  const change = async (path: string, how: (typeof companions)[number]): Promise<void> => {
    if (how === 'removed') await rm(`${path}.index`);
    if (how === 'overwritten') await writeFile(`${path}.index`, 'my diary');
    if (how === 'older') await copyFile(`${path}.older`, `${path}.index`);
  };
  const written = async (sizes: readonly number[]): Promise<string> => {
    const path = fresh();
    const sink = make(path);
    await sink.open();
    await writeGroups(sink, grouped(sizes));
    await sink.close();
    return path;
  };

  it('has all that it acknowledged, once, whatever fails at whichever call, and is whole when it was opened again (issue 11)', async () => {
    await assert(
      asyncProperty(
        array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
        faults,
        constantFrom(...companions),
        async (sizes, fault, companion) => {
          const path = await written([]);
          await copyFile(`${path}.index`, `${path}.older`);
          const sink = make(path, fault);
          const acked = await sink.open().then(
            async () => writeGroups(sink, grouped(sizes)),
            () => [],
          );
          await sink.close();
          await change(path, companion);
          const again = make(path);
          await again.open();
          const found = await ids(path);
          expect(new Set(found).size).toBe(found.length);
          expect(found).toEqual(expect.arrayContaining(acked));
          for (const { id } of RECORDS) expect(again.has(id)).toBe(found.includes(id));
          await writeGroups(again, [RECORDS.filter(({ id }) => !found.includes(id))]);
          await again.close();
          expect((await ids(path)).toSorted()).toEqual(RECORDS.map(({ id }) => id));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('writes nothing more after a failure, and rejects with the first (issue 11)', async () => {
    const path = fresh();
    // In the second or third group: the header and the opening come first.
    const sink = make(path, { at: 5, code: 'EIO', written: 0, lasts: false });
    await sink.open();
    const reasons: string[] = [];
    for (const record of RECORDS.slice(0, 6)) await sink.write(record).catch((error: Error) => reasons.push(error.message));
    const before = await readFile(path);
    expect(reasons.length).toBeGreaterThan(3);
    expect(new Set(reasons).size).toBe(1);
    expect(reasons[0]).toMatch(/cannot be written: the disk reports an input\/output error.*EIO.*records of this run are safe/);
    await sink.close();
    expect((await readFile(path)).byteLength).toBeLessThanOrEqual(before.byteLength);
    expect(await ids(path)).toHaveLength(6 - reasons.length);
  });

  it('heals what a loss of power leaves of the last write: some of its bytes, and pages of zeros (issue 11)', async () => {
    const most = RECORDS.slice(4);
    await assert(
      asyncProperty(
        double({ min: 0, max: 1, noNaN: true }),
        array(boolean(), { minLength: 12, maxLength: 12 }),
        constantFrom('kept', 'removed', 'older'),
        async (kept, pages, companion) => {
          const path = await written([1, 3]);
          await copyFile(`${path}.index`, `${path}.older`);
          const synced = await readFile(path);
          const lost = make(fresh());
          await lost.open();
          const block = framing().block(most.map((record) => framing().encode(record)));
          await lost.close();
          const bytes = Buffer.concat([synced, block.subarray(0, Math.round(block.byteLength * kept))]);
          for (const [i, isThere] of pages.entries()) {
            const start = Math.floor(synced.byteLength / 4096) * 4096 + i * 4096;
            if (!isThere)
              bytes.fill(0, Math.min(bytes.byteLength, Math.max(start, synced.byteLength)), Math.min(bytes.byteLength, start + 4096));
          }
          await writeFile(path, bytes);
          await change(path, companion);
          const sink = make(path);
          // Without its companion nobody knows whether lines behind a page of zeros were safe: then it says so, and cuts nothing off.
          const opened = await sink.open().then(
            () => true,
            (error: Error) => !/is damaged at byte/.test(error.message),
          );
          if (opened) await sink.close();
          else {
            expect(companion).toBe('removed');
            expect(await readFile(path)).toEqual(bytes);
            return;
          }
          expect((await ids(path)).slice(0, 4)).toEqual(RECORDS.slice(0, 4).map(({ id }) => id));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('heals a file that was cut anywhere, and loses nothing before the cut (issue 11)', async () => {
    const path = await written([1, 2, 2]);
    const whole = await readFile(path);
    for (let end = 0; end <= whole.byteLength; end += 97) {
      await writeFile(path, whole.subarray(0, end));
      await rm(`${path}.index`, { force: true });
      const sink = make(path);
      await sink.open();
      await sink.close();
      const found = await readFile(path);
      expect(await ids(path)).toEqual(RECORDS.slice(0, (await ids(path)).length).map(({ id }) => id));
      // Not more is gone than the record that the cut went through, with its group.
      if (found.byteLength >= framing().header().byteLength) expect(whole.subarray(0, found.byteLength)).toEqual(found);
    }
  });

  it.each([
    ['with its companion', 'kept'],
    ['without its companion', 'removed'],
  ] as const)('tells of a flipped bit, or goes on, but never cuts anything off, %s (issue 11)', async (_what, companion) => {
    const path = await written([2, 1, 2]);
    const whole = await readFile(path);
    await copyFile(`${path}.index`, `${path}.older`);
    await assert(
      asyncProperty(nat(whole.byteLength * 8 - 1), async (bit) => {
        const bytes = Buffer.from(whole);
        // eslint-disable-next-line no-bitwise -- a bit
        bytes[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
        await writeFile(path, bytes);
        await change(path, companion === 'kept' ? 'older' : companion).catch(() => {});
        const sink = make(path);
        const refused = await sink.open().then(
          () => undefined,
          (error: Error) => error.message,
        );
        await sink.close();
        expect(await readFile(path)).toEqual(bytes);
        if (companion === 'kept') expect(refused).toMatch(/is damaged at byte \d+|is there already/);
      }),
      { numRuns: 80 },
    );
  });

  it('continues a large file at once, and reads it on only as far as it must (issue 11)', async () => {
    const path = await written([4]);
    const header = framing().header();
    const four = (await readFile(path)).subarray(header.byteLength);
    const more = framing().block(RECORDS.slice(4, 8).map((record) => framing().encode(record)));
    const times = Math.ceil((40 << 20) / four.byteLength);
    await writeFile(path, Buffer.concat([header, ...Array.from({ length: times }, () => four), more]));
    await rm(`${path}.index`);
    const sink = make(path);
    await sink.open();
    const asked = RECORDS.slice(0, 9).map(({ id }) => sink.has(id));
    expect(asked[0]).toBeInstanceOf(Promise);
    expect(await Promise.all(asked.map(async (found) => found))).toEqual([true, true, true, true, true, true, true, true, false]);
    expect(sink.has(RECORDS[9]!.id)).toBe(false);
    await sink.write(RECORDS[9]!);
    await sink.close();
    const again = make(path);
    await again.open();
    expect([9, 10].map((i) => again.has(RECORDS[i]!.id))).toEqual([true, false]);
    await again.close();
    expect((await stat(path)).size).toBeGreaterThan(40 << 20);
  });

  it('says where a large file is damaged when it comes there (issue 11)', async () => {
    const path = await written([4]);
    const header = framing().header();
    const four = (await readFile(path)).subarray(header.byteLength);
    const times = Math.ceil((40 << 20) / four.byteLength);
    const bytes = Buffer.concat([header, ...Array.from({ length: times }, () => four)]);
    const place = header.byteLength + 10 * four.byteLength;
    bytes.fill('x', place, place + 40);
    await writeFile(path, bytes);
    await rm(`${path}.index`);
    const sink = make(path);
    await sink.open();
    await expect(sink.has(RECORDS[9]!.id)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringContaining(`at byte ${place}`),
    });
    await sink.close();
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it('does not go on when something else changes or removes the file (issue 11)', async () => {
    for (const meddle of [async (path: string) => writeFile(path, ''), async (path: string) => rm(path)]) {
      const path = fresh();
      const sink = make(path);
      await sink.open();
      await sink.write(RECORDS[0]!);
      await meddle(path);
      await expect(sink.write(RECORDS[1]!)).rejects.toMatchObject({
        code: 'SINK_FAILED',
        message: expect.stringMatching(/while it was written/),
      });
      await sink.close();
    }
  });
});
