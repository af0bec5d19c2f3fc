import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ForeignRead, ForeignReaders } from './foreignReaders.ts';
import { type Place, ackedLines } from './startProcess.ts';

export type FoundRecord = Readonly<Record<string, unknown>>;

/** What is wrong with the files between two processes, or at the end. */
export interface Inspection {
  readonly captions: readonly FoundRecord[];
  readonly deadLetters: readonly FoundRecord[];
  /** Acked, and not in the files. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  readonly unreadable: readonly string[];
}

/**
 * Reads all files with foreign readers. Until the job is complete a file may break off at its end, behind everything that was
 * acked; after that it may not.
 */
export async function inspectFiles(place: Place, readers: ForeignReaders, isComplete: boolean): Promise<Inspection> {
  const { folder, format } = place.job;
  const unreadable: string[] = [];
  const read = async (path: string, how: (path: string) => Promise<ForeignRead>, mayBreakOff: boolean): Promise<readonly FoundRecord[]> => {
    if (!existsSync(path)) return [];
    const { records, error } = await how(path);
    if (error !== null && !(mayBreakOff && !isComplete)) unreadable.push(`${path}: ${error}`);
    return records;
  };
  const readRecords = format === 'avro' ? readers.avro : readers.lines;
  const captions = await read(join(folder, `captions.${format}`), readRecords, true);
  const deadLetters = await read(join(folder, `dead-letters.${format}`), readRecords, true);
  await read(join(folder, 'budget.json'), readers.lines, false);
  for (const name of readdirSync(folder)) if (name.endsWith('.index')) await read(join(folder, name), readers.sqlite, false);

  const acked = ackedLines(place);
  const kept = new Map(captions.map((record) => [String(record['id']), record]));
  const rejected = new Set(deadLetters.map(({ message }) => String(message)));
  const lost: string[] = [];
  for (const { id, rejected: message } of acked) {
    if (message !== undefined && !rejected.has(message)) lost.push(`dead letter '${message}'`);
    if (id === undefined) continue;
    const record = kept.get(id);
    if (!record) lost.push(`record ${id}`);
    else if (!hasPicture(record)) lost.push(`picture of ${id}`);
  }
  return {
    captions,
    deadLetters,
    lost: [...new Set(lost)],
    doubled: [...repeated(captions.map(({ id }) => `record ${String(id)}`)), ...repeated(deadLetters.map(nameOfLetter))],
    unreadable,
  };
}

/** A dead letter has the id of its window, or the place of its packet. */
export const nameOfLetter = ({ id, sensor, position, code }: FoundRecord): string =>
  `dead letter ${String(code)} ${String(id) || `${String(sensor)} ${(position as { first: number }).first}`}`;

function hasPicture({ frame }: FoundRecord): boolean {
  const { path, sha256 } = (frame ?? {}) as { path?: string | null; sha256?: string };
  if (typeof path !== 'string') return true;
  if (!existsSync(path) || statSync(path).size === 0) return false;
  return createHash('sha256').update(readFileSync(path)).digest('hex') === sha256;
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name) || !seen.add(name));
}
