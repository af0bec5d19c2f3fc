import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { factBeside } from '../files/factBeside.ts';
import type { FileHandle } from '../files/fileHandle.ts';
import { MOST_UNIT_BYTES } from '../files/readStretch.ts';
import { readWhole } from '../files/readWhole.ts';
import { realFile } from '../files/realFile.ts';
import type { RecordFraming } from './recordFraming.ts';
import type { Configuration } from './configuration.ts';
import { type RecordOrigin, configurationOfRecord } from './configurationOfRecord.ts';

/** The name of the fact under which the companion of a file has its configurations. */
export const CONFIGURATIONS = 'configurations';

const TAIL_BYTES = 1 << 16;
/** So many units without a record, such as empty lines, are passed over. */
const MOST_PASSED = 64;

/**
 * The configurations that made the records of a file, by its companion; where that knows nothing of them, by its last record. Reads only:
 * a file that is torn, damaged or not ours is one for `open` to judge.
 */
export async function configurationsIn<Value>(
  path: string,
  framing: RecordFraming<Value>,
  own: Configuration,
): Promise<readonly Configuration[]> {
  const real = realFile(path);
  const last = await lastRecord(real, framing).catch(() => undefined);
  if (!last?.configHash) return [];
  const known = knownBeside(real);
  // A companion of another file, or of an earlier version of this one, says nothing of its last record.
  return known.some(({ hash }) => hash === last.configHash) ? known : [configurationOfRecord(last, own)];
}

function knownBeside(file: string): readonly Configuration[] {
  try {
    const known = JSON.parse(factBeside(file, CONFIGURATIONS) ?? '[]') as readonly Configuration[];
    return Array.isArray(known) ? known : [];
  } catch {
    return [];
  }
}

async function lastRecord<Value>(path: string, framing: RecordFraming<Value>): Promise<RecordOrigin | undefined> {
  // A pipe would be waited for, for ever.
  // eslint-disable-next-line no-bitwise -- flags of the system are bits
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) return undefined;
    const { size } = found;
    const head = await readWhole(file, 0, Math.min(size, TAIL_BYTES));
    return framing.begins(head, size) === 'ours' ? await lastIn(file, size, framing) : undefined;
  } finally {
    await file.close();
  }
}

/** Units are looked for from the end; one that holds no record is passed over. */
async function lastIn<Value>(file: FileHandle, size: number, framing: RecordFraming<Value>): Promise<RecordOrigin | undefined> {
  const begin = framing.header().byteLength;
  for (let length = TAIL_BYTES, end = size, passed = 0; end > begin && length <= MOST_UNIT_BYTES && passed < MOST_PASSED;) {
    const at = Math.max(0, end - length);
    const tail = await readWhole(file, at, end);
    const unitEnd = framing.lastEnd(tail);
    const unitStart = unitEnd < 1 ? -1 : Math.max(framing.lastEnd(tail.subarray(0, unitEnd - 1)), at === 0 ? begin : -1);
    if (unitStart < 0 && at === 0) return undefined;
    if (unitStart < 0) length *= 8;
    else {
      const found = framing.recordsAt(tail, unitStart).at(-1);
      if (found) return found;
      end = at + unitStart;
      passed++;
    }
  }
  return undefined;
}
