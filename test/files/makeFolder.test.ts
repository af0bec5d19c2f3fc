import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/files/makeFolder.ts';
import { makeFolderSync } from '../../src/files/makeFolderSync.ts';

const root = await mkdtemp(join(tmpdir(), 'saccade-folder-'));
afterAll(async () => rm(root, { recursive: true }));

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path: string) => makeFolderSync(path)],
])('%s', (name, make) => {
  it('makes all that are missing, and leaves what is there', async () => {
    const path = join(root, name, 'a/b/c');
    await make(path);
    await make(path);
    await Promise.all([make(join(path, 'd/e')), make(join(path, 'd/f'))]);
    expect((await stat(join(path, 'd/e'))).isDirectory()).toBe(true);
  });

  it('says what is wrong where a file or a link to nothing is in the way', async () => {
    await writeFile(join(root, `${name}.txt`), '');
    await symlink(join(root, 'nothing'), join(root, `${name}.link`));
    await expect(make(join(root, `${name}.txt`, 'a'))).rejects.toMatchObject({ code: expect.stringMatching(/ENOTDIR|EEXIST/) });
    await expect(make(join(root, `${name}.link`, 'a'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.skipIf(!existsSync('/proc/self'))('ends where no folder can be made at all (issue 11)', async () => {
    await expect(make('/proc/nowhere/a')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
