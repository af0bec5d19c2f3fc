import { mkdir, mkdtemp, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { frameFolder } from '../../../src/publish/frameStores/frameFolder.ts';
import { frameStoreContract } from '../frameStore.contract.ts';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'saccade-frames-'));

frameStoreContract('frameFolder', async () => ({
  store: frameFolder({ path: join(await newFolder(), 'new', 'frames') }),
  read: (path) => readFile(path),
}));

it('names a picture by the id of its window and the kind of picture', async () => {
  const store = frameFolder({ path: await newFolder() });
  await store.open?.();
  expect(basename(await store.keep('ab', { bytes: Uint8Array.of(1), mediaType: 'image/webp' }))).toBe('ab.webp');
});

it('says which picture cannot be written', async () => {
  const path = join(await newFolder(), 'file');
  await writeFile(path, '');
  await expect(frameFolder({ path }).keep('ab', { bytes: Uint8Array.of(1), mediaType: 'image/png' })).rejects.toMatchObject({
    code: 'SINK_FAILED',
    message: expect.stringContaining(join(path, 'ab.png')),
  });
});

const png = { bytes: Uint8Array.of(1, 2, 3), mediaType: 'image/png' };

it('keeps no picture outside of its folder, whatever the id is (issue 11)', async () => {
  const path = join(await newFolder(), 'frames');
  const store = frameFolder({ path });
  await store.open?.();
  const ids = ['../../out', '/etc/out', '..', '.', '', 'a/b', 'a\0b', '.hidden', 'x'.repeat(1000), 'con:1', 'é\u202E'];
  const places = await Promise.all(ids.map(async (id) => store.keep(id, png)));
  expect(places.map((place) => dirname(place))).toEqual(ids.map(() => path));
  expect(new Set(places).size).toBe(ids.length);
  await expect(store.keep('ab', { ...png, mediaType: 'image/../../out' })).rejects.toThrow(/media type/);
});

it('gives a picture its name only when it is whole: what could not be written is not there (issue 11)', async () => {
  const path = await newFolder();
  const store = frameFolder({ path });
  await store.open?.();
  await mkdir(join(path, 'ab.png'));
  await expect(store.keep('ab', png)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('ab.png') });
  expect(await readdir(join(path, '.parts'))).toEqual([]);
});

it('removes what a crash left half written, and not what another run is writing (issue 11)', async () => {
  const path = await newFolder();
  await frameFolder({ path }).open?.();
  await writeFile(join(path, '.parts', 'old'), '');
  await writeFile(join(path, '.parts', 'new'), '');
  await utimes(join(path, '.parts', 'old'), 0, 0);
  await frameFolder({ path }).open?.();
  expect(await readdir(join(path, '.parts'))).toEqual(['new']);
});
