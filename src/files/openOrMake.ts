import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PipelineError } from '../errors.ts';
import type { FileHandle, OpenFile } from './fileHandle.ts';
import { syncFolder } from './makeFolder.ts';

/**
 * Opens a file for reading and writing. It is made only where it is known not to be there; whatever else is in the way is
 * thrown, and what is there stays as it is. Only files are opened: a pipe could wait for ever, a device would take anything.
 */
export async function openOrMake(path: string, open: OpenFile): Promise<FileHandle> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (!found) return make(path, open);
  refuseOthers(path, found);
  // eslint-disable-next-line no-bitwise -- flags of the system are bits
  const file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    refuseOthers(path, await file.stat());
    return file;
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

async function make(path: string, open: OpenFile): Promise<FileHandle> {
  const made = await open(path, 'wx+');
  try {
    await syncFolder(dirname(path));
    return made;
  } catch (cause) {
    await made.close();
    throw cause;
  }
}

function refuseOthers(path: string, found: { isFile(): boolean; isDirectory(): boolean; readonly nlink: number }): void {
  if (!found.isFile())
    throw new PipelineError(
      'CONFIG_INVALID',
      `${path} is ${found.isDirectory() ? 'a folder' : 'a pipe, socket or device'}, not a file; name a file`,
    );
  if (found.nlink > 1)
    throw new PipelineError(
      'SINK_FAILED',
      `${path} has ${found.nlink} names (hard links), and writing it would change the others too; ` +
        'make a copy of its own (cp FILE NEW; mv NEW FILE) and run the same command again',
    );
}
