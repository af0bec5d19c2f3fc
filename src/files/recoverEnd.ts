import { crc32 } from 'node:zlib';
import { PipelineError } from '../errors.ts';
import type { Coverage } from './coverage.ts';
import type { FileHandle } from './fileHandle.ts';
import type { Framing } from './framing.ts';
import { MOST_UNIT_BYTES, readStretch } from './readStretch.ts';
import { readWhole } from './readWhole.ts';
import { writeWhole } from './writeWhole.ts';

/** So much of a file is looked through when it is opened, some tenths of a second; of a larger one the rest is read when it is asked for. */
const READ_AT_OPENING_BYTES = 32 << 20;
/** Of a larger file so much of the end is looked through for what a crash left: more than one write. */
const TAIL_BYTES = 16 << 20;

/** A file that is being opened. */
interface Opened<Unit> {
  readonly file: FileHandle;
  readonly path: string;
  readonly framing: Framing<Unit>;
  readonly coverage: Coverage<Unit>;
}

/**
 * Where the last whole unit of a file ends. What a crash left behind it is cut off. Throws where the file is damaged: it
 * stays as it is.
 */
export async function recoverEnd<Unit>(opened: Opened<Unit>): Promise<number> {
  const { file, coverage } = opened;
  // What is read here counts as safe from now on, and may have been written by a process that was killed before its sync.
  await file.datasync();
  const { size } = await file.stat();
  const isKnown = await belongs(opened, size);
  const { end, rest } = size - coverage.covered.end <= READ_AT_OPENING_BYTES ? await readAll(opened, size) : await readTail(opened, size);
  if (rest === undefined) return end;
  if (!opened.framing.isTorn(rest.bytes, end, isKnown)) throw damaged(opened.path, end, rest.wrong);
  await file.truncate(end);
  await file.datasync();
  return end;
}

/** Where a file is not what it should be, and what to do. */
export const damaged = (path: string, at: number, what: string): PipelineError =>
  new PipelineError(
    'SINK_FAILED',
    `${path} is damaged at byte ${at}: ${what}. It was left as it is. Restore it from a copy, or keep what is whole ` +
      `(head -c ${at} FILE > NEW) and put that in its place, then run the same command again`,
  );

/** Whether the companion is one of this very file; what it remembers of another is forgotten. */
async function belongs<Unit>(opened: Opened<Unit>, size: number): Promise<boolean> {
  const { file, path, coverage, framing } = opened;
  const { end, crc, tail } = coverage.covered;
  if (end > framing.header().byteLength && end <= size) {
    const isSmall = size <= READ_AT_OPENING_BYTES;
    const found = isSmall ? await crcOf(file, 0, end) : await crcOf(file, end - tail.bytes, end);
    if (found === (isSmall ? crc : tail.crc)) return true;
    if (isSmall && (await isAltered(opened, size)))
      throw damaged(
        path,
        framing.header().byteLength,
        `what is in its first ${end} bytes is not what was written. If you changed it yourself, remove ${path}.index`,
      );
  }
  coverage.reset();
  return false;
}

/** Whether most of what is in the file is what the companion remembers: then it is this file, and something changed it. */
async function isAltered<Unit>({ file, path, framing, coverage }: Opened<Unit>, size: number): Promise<boolean> {
  let [known, all] = [0, 0];
  for (let at = framing.header().byteLength; at < coverage.covered.end;) {
    const { units, end, wrong } = await readStretch(file, framing, at, size);
    const found = coverage.known(units);
    known += found.known;
    all += found.all;
    if (wrong !== undefined && known * 2 >= all && end < coverage.covered.end) throw damaged(path, end, wrong);
    if (wrong !== undefined || units.length === 0) break;
    at = end;
  }
  return known * 2 >= all;
}

interface Recovered {
  readonly end: number;
  /** What lies behind it. */
  readonly rest: { readonly bytes: Buffer; readonly wrong: string } | undefined;
}

async function readAll<Unit>(opened: Opened<Unit>, size: number): Promise<Recovered> {
  const { file, framing, coverage } = opened;
  let limit = size;
  while (coverage.covered.end < limit) {
    const { bytes, units, end, wrong } = await readStretch(file, framing, coverage.covered.end, limit);
    coverage.take(bytes, units);
    if (wrong === undefined) continue;
    const rest = await readWhole(file, end, limit);
    const added = await addMissing(opened, rest, limit);
    if (added === 0) return { end, rest: { bytes: rest, wrong } };
    limit += added;
  }
  return { end: coverage.covered.end, rest: undefined };
}

async function readTail<Unit>(opened: Opened<Unit>, size: number): Promise<Recovered> {
  const { file, path, framing } = opened;
  for (let bytes = TAIL_BYTES; ; bytes *= 2) {
    const start = Math.max(framing.header().byteLength, size - bytes);
    const tail = await readWhole(file, start, size);
    const found = framing.lastEnd(tail);
    if (found < 0 && bytes < MOST_UNIT_BYTES) continue;
    if (found < 0) throw damaged(path, start, `no record ends in its last ${size - start} bytes`);
    const rest = tail.subarray(found);
    if (rest.byteLength === 0) return { end: size, rest: undefined };
    const added = await addMissing(opened, rest, size);
    return {
      end: added > 0 ? size + added : start + found,
      rest: added > 0 ? undefined : { bytes: rest, wrong: 'it ends within a record' },
    };
  }
}

/** Makes the last unit whole where nothing of it is missing but its end; the bytes that were added. */
async function addMissing<Unit>({ file, framing }: Opened<Unit>, rest: Buffer, size: number): Promise<number> {
  const missing = framing.missing?.(rest);
  if (!missing) return 0;
  await writeWhole(file, missing, size);
  await file.datasync();
  return missing.byteLength;
}

async function crcOf(file: FileHandle, start: number, end: number): Promise<number> {
  let crc = 0;
  for (let at = start; at < end; at += 1 << 20) crc = crc32(await readWhole(file, at, Math.min(end, at + (1 << 20))), crc);
  return crc;
}
