import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { FrameStore } from '../frameStore.ts';

export interface FrameFolderOptions {
  /** The folder; made when it is not there. */
  path: string;
}

const schema = z.strictObject({ path: z.string().min(1, 'must be the path of a folder') });

/** Keeps each picture as a file named by the id of its window. */
export function frameFolder(options: FrameFolderOptions): FrameStore {
  const { path } = readOptions('frameFolder', schema, options);
  return {
    name: 'frameFolder',
    params: { path },
    async open() {
      await mkdir(path, { recursive: true });
    },
    async keep(id, { bytes, mediaType }) {
      const file = join(path, `${id}.${mediaType.slice('image/'.length)}`);
      try {
        await writeFile(file, bytes);
      } catch (cause) {
        throw new PipelineError('SINK_FAILED', `frame ${file} cannot be written`, { cause, retryable: true });
      }
      return file;
    },
  };
}
