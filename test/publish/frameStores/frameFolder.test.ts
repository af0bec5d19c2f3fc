import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
