import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Builds the shim into a folder and returns its path; undefined where there is no C compiler or no LD_PRELOAD. */
export async function buildShim(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const [source, shim] = [fileURLToPath(new URL('faultShim.c', import.meta.url)), join(folder, 'faultShim.so')];
  try {
    await promisify(execFile)('cc', ['--version']);
  } catch {
    return undefined;
  }
  await promisify(execFile)('cc', ['-O1', '-shared', '-fPIC', '-o', shim, source, '-ldl', '-lpthread']);
  return shim;
}
