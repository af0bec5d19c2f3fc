import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PipelineError } from '../errors.ts';

/** How a file of records is laid out. */
export interface Framing<Value> {
  /** The valid part of a file that is there already, with the ids it holds; `bytes: 0` for an empty one. Throws when it is another kind of file. */
  recover(file: Buffer): { readonly bytes: number; readonly ids: Iterable<string> };
  /** Bytes at the start of a new file. */
  header(): Uint8Array;
  /** Bytes of one record. Throws for a value that does not fit: that one alone fails. */
  encode(value: Value): Uint8Array;
  /** Bytes of one group of encoded records. */
  block(records: readonly Uint8Array[]): Uint8Array;
}

/** A file that grows by groups of records. A write resolves when its group is on disk (fdatasync). */
export interface AppendFile<Value> {
  open(): Promise<void>;
  write(value: Value): Promise<void>;
  has(id: string): boolean;
  close(): Promise<void>;
}

interface PendingRecord {
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: records that come while one group is being synced become the next group, so that many records wait for a
 * slow disk once. A torn tail from a crash is cut off when the file is opened again.
 */
export function appendFile<Value>(path: string, framing: Framing<Value>): AppendFile<Value> {
  const ids = new Set<string>();
  let file: FileHandle | undefined;
  let end = 0;
  let pending: PendingRecord[] = [];
  let flushing: Promise<void> | undefined;

  const failed = (what: string, cause: unknown): PipelineError =>
    cause instanceof PipelineError
      ? cause
      : new PipelineError('SINK_FAILED', `${path} ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

  const put = async (bytes: Uint8Array): Promise<void> => {
    if (!file) throw new PipelineError('SINK_FAILED', `${path} is not open`);
    await file.write(bytes, 0, bytes.byteLength, end);
    await file.datasync();
    end += bytes.byteLength;
  };

  const flush = async (): Promise<void> => {
    while (pending.length > 0) {
      const group = pending;
      pending = [];
      try {
        await put(framing.block(group.map(({ record }) => record)));
        for (const { resolve } of group) resolve();
      } catch (cause) {
        for (const { reject } of group) reject(failed('cannot be written', cause));
      }
    }
    flushing = undefined;
  };

  return {
    async open() {
      try {
        await mkdir(dirname(path), { recursive: true });
        file = await open(path, 'r+').catch(() => open(path, 'w+'));
        const recovered = framing.recover(await file.readFile());
        for (const id of recovered.ids) ids.add(id);
        await file.truncate(recovered.bytes);
        end = recovered.bytes;
        if (end === 0) await put(framing.header());
      } catch (cause) {
        await file?.close();
        file = undefined;
        throw failed('cannot be opened', cause);
      }
    },
    write: (value) =>
      new Promise((resolve, reject) => {
        pending.push({ record: framing.encode(value), resolve, reject });
        flushing ??= flush();
      }),
    has: (id) => ids.has(id),
    async close() {
      await flushing;
      await file?.close();
      file = undefined;
    },
  };
}
