import { createHash } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { fileError } from '../../files/fileError.ts';
import { makeFolder, syncFolder } from '../../files/makeFolder.ts';
import { replaceFile } from '../../files/replaceFile.ts';
import { together } from '../../files/together.ts';
import { readOptions } from '../../readOptions.ts';
import type { FrameStore } from '../frameStore.ts';

export interface FrameFolderOptions {
  /** The folder; made when it is not there. */
  path: string;
}

const schema = z.strictObject({ path: z.string().min(1, 'must be the path of a folder') });

/** What a crash left half written is removed when it is this old, in milliseconds; younger ones may be of another run. */
const LEFT_MS = 3_600_000;

/** Keeps each picture as a file named by the id of its window. A picture has its name only once it is whole and on disk. */
export function frameFolder(options: FrameFolderOptions): FrameStore {
  const { path } = readOptions('frameFolder', schema, options);
  const parts = join(path, '.parts');
  const syncNames = together(async () => syncFolder(path));
  let count = 0;
  return {
    name: 'frameFolder',
    params: { path },
    files: [path],
    into: (folder) => frameFolder({ path: join(folder, basename(path)) }),
    async open() {
      try {
        await makeFolder(parts);
        await removeLeft(parts);
      } catch (cause) {
        throw fileError(path, 'cannot be used as a folder of frames', cause);
      }
    },
    async keep(id, { bytes, mediaType }) {
      const name = `${fileName(id)}.${kindOf(mediaType)}`;
      const file = join(path, name);
      try {
        await replaceFile(file, bytes, { under: join(parts, `${name}.${process.pid}-${count++}`), syncNames });
      } catch (cause) {
        throw fileError(`frame ${file}`, 'cannot be written', cause);
      }
      return file;
    },
  };
}

/** An id that is no plain name could lead out of the folder: such a one is kept under its hash. */
const fileName = (id: string): string => (/^\w[\w-]{0,127}$/.test(id) ? id : createHash('sha256').update(id).digest('hex'));

function kindOf(mediaType: string): string {
  const [, kind] = /^image\/(\w{1,16})$/.exec(mediaType) ?? [];
  if (kind === undefined)
    throw new PipelineError('UNEXPECTED', `a frame has the media type ${JSON.stringify(mediaType)}; it must be image/png or another image`);
  return kind;
}

async function removeLeft(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    const file = join(parts, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LEFT_MS) await unlink(file).catch(() => {});
  }
}
