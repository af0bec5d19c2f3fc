import { open as openWithNode } from 'node:fs/promises';
import type { FileHandle, OpenFile } from '../../src/files/fileHandle.ts';

/** What happens at one call, counted over the writes and syncs of all files of the disk. */
export interface Fault {
  readonly at: number;
  /** The call fails with this code, the disk goes on, or this was its last. */
  readonly code: 'ENOSPC' | 'EIO';
  /** Of a write so many bytes arrive: in the first call alone, as the system does it, and the next one fails. */
  readonly written: number;
  readonly lasts: boolean;
}

/** Opens real files whose writes and syncs go wrong where a test says so. */
export function faultyDisk(fault: Fault | undefined): OpenFile {
  let calls = 0;
  let isFailing = false;
  /** After a short write the next one tells why. */
  let isFull = false;
  const error = (): Error => Object.assign(new Error(`${fault!.code}: injected`), { code: fault!.code });
  /** Whether this call goes wrong. */
  const isHit = (): boolean => {
    const isIt = calls++ === fault?.at;
    if (isIt && fault.lasts) isFailing = true;
    return isIt || isFailing;
  };
  const wrapped = (file: FileHandle): FileHandle =>
    new Proxy(file, {
      get(target, name) {
        if (name === 'write')
          return async (bytes: Uint8Array, offset: number, length: number, place: number) => {
            const isFirst = !isFailing && !isFull;
            const some = isHit() || isFull ? (isFirst ? Math.min(length, fault!.written) : 0) : length;
            isFull = some > 0 && some < length;
            if (some === 0) throw error();
            return target.write(bytes, offset, some, place);
          };
        if (name === 'datasync' || name === 'sync')
          return async () => {
            // A disk that is full syncs what it has.
            if (isHit() && fault!.written === 0) throw error();
            await target.datasync();
          };
        if (name === 'truncate')
          return async (length: number) => {
            if (isFailing) throw error();
            await target.truncate(length);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return async (...given) => wrapped(await openWithNode(...given));
}
