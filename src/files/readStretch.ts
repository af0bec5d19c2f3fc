import type { FileHandle } from './fileHandle.ts';
import type { Framing } from './framing.ts';
import { readWhole } from './readWhole.ts';

const READ_BYTES = 1 << 20;
/** No unit is larger. */
export const MOST_UNIT_BYTES = 2 ** 28;

/** Some units of a file, one after another. */
export interface Stretch<Unit> {
  readonly units: readonly Unit[];
  /** Their bytes. */
  readonly bytes: Buffer;
  /** The byte after them. */
  readonly end: number;
  /** Why they end before the file does; undefined where they go on. */
  readonly wrong: string | undefined;
}

/** The units that begin at `start`: at least one, unless what begins there is none, or the file ends at `limit` before it does. */
export async function readStretch<Unit>(file: FileHandle, framing: Framing<Unit>, start: number, limit: number): Promise<Stretch<Unit>> {
  for (let size = READ_BYTES; ; size *= 2) {
    const bytes = await readWhole(file, start, Math.min(limit, start + size));
    const { units, end, damage } = unitsIn(bytes, framing);
    const isLast = start + bytes.byteLength >= limit || bytes.byteLength < size;
    const wrong = damage ?? (isLast && end < bytes.byteLength ? 'it ends within a record' : undefined);
    if (units.length > 0 || wrong !== undefined || isLast) return { units, bytes: bytes.subarray(0, end), end: start + end, wrong };
    if (size > MOST_UNIT_BYTES)
      return { units, bytes: bytes.subarray(0, 0), end: start, wrong: 'a record is larger than any that is written' };
  }
}

function unitsIn<Unit>(bytes: Buffer, framing: Framing<Unit>): { units: Unit[]; end: number; damage: string | undefined } {
  const units: Unit[] = [];
  let end = 0;
  while (end < bytes.byteLength) {
    const found = framing.unitAt(bytes, end);
    if (found === 'incomplete') break;
    if ('damage' in found) return { units, end, damage: found.damage };
    units.push(found.unit);
    end = found.end;
  }
  return { units, end, damage: undefined };
}
