import { open as openWithNode, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PipelineError } from '../errors.ts';
import { type Companion, openCompanion } from './companion.ts';
import { type Coverage, type Digest, coverage as coverageIn } from './coverage.ts';
import { fileError } from './fileError.ts';
import type { FileHandle, OpenFile } from './fileHandle.ts';
import type { Framing } from './framing.ts';
import { makeFolder } from './makeFolder.ts';
import { openOrMake } from './openOrMake.ts';
import { readStretch } from './readStretch.ts';
import { readWhole } from './readWhole.ts';
import { realFile } from './realFile.ts';
import { damaged, recoverEnd } from './recoverEnd.ts';
import { writeWhole } from './writeWhole.ts';

const HEAD_BYTES = 1 << 16;
/** The companion lags so many units behind the file: many are cheaper at once, and few are soon read again after a crash. */
const UNITS_AT_ONCE = 256;
/** And not longer than this, in milliseconds. */
const LONGEST_MS = 1000;

export interface GrowingFileOptions<Unit> {
  readonly path: string;
  readonly framing: Framing<Unit>;
  /** What the companion keeps of the units. */
  readonly digest: (companion: Companion) => Digest<Unit>;
  /** Opens the file itself. @default that of Node */
  readonly open?: OpenFile | undefined;
}

/** A file that only grows. One run has it at a time. */
export interface GrowingFile<Unit> {
  readonly companion: Companion;
  /** Whether all that was in the file when it was opened is in the digest. */
  readonly isRead: boolean;
  /** Units that were appended, and that the companion does not know yet. */
  readonly behind: readonly Unit[];
  /** Takes in the next units of what was in the file when it was opened; false when there are none left. */
  readOn(): Promise<boolean>;
  /** Resolves when the bytes of these units are on disk. After a failure every call rejects with it: what is behind it is not known. */
  append(bytes: Uint8Array, units: readonly Unit[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file that only grows, or makes it. Its companion `FILE.index` is its lock, and remembers what is in it, so that a
 * large file is continued without being read. What a crash left of the last write is cut off. Nothing else is ever changed:
 * a file that is not ours, or is damaged, is refused. Throws CONFIG_INVALID and SINK_FAILED.
 */
export async function growingFile<Unit>({
  path,
  framing,
  digest,
  open = openWithNode,
}: GrowingFileOptions<Unit>): Promise<GrowingFile<Unit>> {
  let companion: Companion | undefined;
  let file: FileHandle | undefined;
  try {
    await makeFolder(dirname(realFile(path)));
    const real = realFile(path);
    file = await openOrMake(real, open);
    // Before the lock, so that no companion is put beside a file of others.
    await isBegun(file, path, framing);
    companion = openCompanion(real);
    const held = companion;
    if ((await stat(real)).ino !== (await file.stat()).ino)
      throw new Error('it was replaced while it was opened; run the same command again');
    const coverage = coverageIn(held, framing, () => digest(held));
    if (!(await isBegun(file, path, framing))) await begin(file, framing, coverage);
    const end = await recoverEnd({ file, path, framing, coverage });
    return growing({ file, path, framing, coverage, companion }, end);
  } catch (cause) {
    await file?.close().catch(() => {});
    companion?.close();
    throw fileError(path, 'cannot be opened', cause);
  }
}

interface Opened<Unit> {
  readonly file: FileHandle;
  readonly path: string;
  readonly framing: Framing<Unit>;
  readonly coverage: Coverage<Unit>;
  readonly companion: Companion;
}

/** @param openedEnd where the file ended when it was opened */
function growing<Unit>({ file, path, framing, coverage, companion }: Opened<Unit>, openedEnd: number): GrowingFile<Unit> {
  let end = openedEnd;
  let failure: PipelineError | undefined;
  const behind = unitsBehind(coverage);

  return {
    companion,
    get isRead() {
      return coverage.covered.end >= openedEnd;
    },
    get behind() {
      return behind.units;
    },
    async readOn() {
      if (coverage.covered.end >= openedEnd) return false;
      const stretch = await readStretch(file, framing, coverage.covered.end, openedEnd).catch((cause: unknown) => {
        throw fileError(path, 'cannot be read', cause);
      });
      try {
        coverage.take(stretch.bytes, stretch.units);
      } catch (cause) {
        throw fileError(`${path}.index`, 'cannot be written', cause);
      }
      if (stretch.wrong !== undefined) throw damaged(path, stretch.end, stretch.wrong);
      return true;
    },
    async append(bytes, units) {
      if (failure) throw failure;
      try {
        await refuseChanged(file, end);
        await writeWhole(file, bytes, end);
        await file.datasync();
      } catch (cause) {
        failure ??= fileError(path, 'cannot be written', cause);
        throw failure;
      }
      behind.add(end, bytes, units);
      end += bytes.byteLength;
    },
    async close() {
      behind.settle();
      // What was not made safe is nobody's: it goes now, or when the file is opened again.
      if (failure) await cutOff(file, end).catch(() => {});
      await file.close();
      companion.close();
    },
  };
}

/** Units that are safe in the file, and that its companion does not know yet. It may fail, where the disk is full: then it stays behind. */
function unitsBehind<Unit>(coverage: Coverage<Unit>): {
  readonly units: readonly Unit[];
  add(at: number, bytes: Uint8Array, units: readonly Unit[]): void;
  settle(): void;
} {
  let held: Uint8Array[] = [];
  let units: Unit[] = [];
  let next = coverage.covered.end;
  let settledMs = performance.now();
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch {
      // The next run reads what is missing from the file.
      next = Infinity;
    }
  };
  const settle = (): void => {
    settledMs = performance.now();
    if (units.length === 0) return;
    const [bytes, some] = [Buffer.concat(held), units];
    held = [];
    units = [];
    attempt(() => coverage.take(bytes, some));
  };
  return {
    get units() {
      return units;
    },
    add(at, bytes, more) {
      // Where the part before this is not read yet, this one is not either.
      if (units.length === 0) next = Math.min(next, coverage.covered.end);
      if (at !== next) return;
      held.push(bytes);
      units.push(...more);
      next = at + bytes.byteLength;
      if (units.length >= UNITS_AT_ONCE || performance.now() - settledMs > LONGEST_MS) settle();
    },
    settle,
  };
}

/** Whether a file begins as ours do; false for one that is empty, or whose header was not finished. */
async function isBegun<Unit>(file: FileHandle, path: string, framing: Framing<Unit>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return framing.header().byteLength === 0;
  const begins = framing.begins(await readWhole(file, 0, Math.min(size, HEAD_BYTES)), size);
  if (begins === 'ours') return true;
  if (begins === 'begun') return false;
  throw new PipelineError('CONFIG_INVALID', `${path} is there already and ${begins.foreign}; move it away or name another file`);
}

async function begin<Unit>(file: FileHandle, framing: Framing<Unit>, coverage: Coverage<Unit>): Promise<void> {
  coverage.reset();
  await file.truncate(0);
  await writeWhole(file, framing.header(), 0);
  await file.sync();
}

async function refuseChanged(file: FileHandle, end: number): Promise<void> {
  const { size, nlink } = await file.stat();
  if (nlink === 0) throw new Error('it was removed while it was written; do not touch it while a run has it');
  if (size !== end)
    throw new Error(`something else changed it while it was written (${size} bytes instead of ${end}); do not touch it while a run has it`);
}

async function cutOff(file: FileHandle, end: number): Promise<void> {
  await file.truncate(end);
  await file.datasync();
}
