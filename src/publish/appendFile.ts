import { type RecordFacts, formerKey, recordKeys } from '../avro/recordKeys.ts';
import { PipelineError, messageOf } from '../errors.ts';
import type { Companion } from '../files/companion.ts';
import type { Digest } from '../files/coverage.ts';
import type { OpenFile } from '../files/fileHandle.ts';
import { type GrowingFile, growingFile } from '../files/growingFile.ts';
import type { Configuration } from './configuration.ts';
import { CONFIGURATIONS, configurationsIn } from './configurationsIn.ts';
import type { RecordFraming } from './recordFraming.ts';
import type { Sink } from './sink.ts';

/** A file that grows by groups of records. A write resolves when its group is on disk (fdatasync). */
export interface AppendFile<Value> extends Required<Pick<Sink<Value>, 'open' | 'configurations' | 'has' | 'close'>> {
  write(value: Value): Promise<void>;
}

interface PendingRecord {
  readonly keys: readonly string[];
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records of a group together; a larger one is alone in its group. */
const MOST_GROUP_BYTES = 8 << 20;

/**
 * Group commit: records that come while one group is being synced become the next group, so that many records wait for a
 * slow disk once. What is in the file already, and how it is opened: `growingFile`.
 *
 * @param open opens the file itself. @default that of Node
 */
export function appendFile<Value extends RecordFacts>(path: string, framing: RecordFraming<Value>, open?: OpenFile): AppendFile<Value> {
  let file: GrowingFile<readonly string[]> | undefined;
  let pending: PendingRecord[] = [];
  let flushing: Promise<void> | undefined;
  let reading: Promise<boolean> | undefined;
  let safe = 0;

  const flush = async (): Promise<void> => {
    while (pending.length > 0) {
      const group = nextGroup(pending);
      pending = pending.slice(group.length);
      try {
        if (!file) throw new PipelineError('SINK_FAILED', `${path} is not open`);
        const keys = group.flatMap((one) => one.keys);
        await file.append(framing.block(group.map(({ record }) => record)), [keys]);
        safe += group.length;
        for (const { resolve } of group) resolve();
      } catch (cause) {
        const failure = new PipelineError('SINK_FAILED', `${messageOf(cause)}. ${safe} records of this run are safe in it`, { cause });
        for (const { reject } of group) reject(failure);
      }
    }
    flushing = undefined;
  };

  const search = async (held: GrowingFile<readonly string[]>, isThere: () => boolean): Promise<boolean> => {
    while (!isThere()) {
      reading ??= held.readOn().finally(() => {
        reading = undefined;
      });
      if (!(await reading)) return isThere();
    }
    return true;
  };

  return {
    async open(configuration) {
      safe = 0;
      const before = configuration ? await configurationsIn(path, framing, configuration) : [];
      file = await growingFile({ path, framing, digest: keysIn, open });
      if (configuration) keep(file.companion, [...before, configuration]);
    },
    configurations: (own) => configurationsIn(path, framing, own),
    write: (value) =>
      new Promise((resolve, reject) => {
        pending.push({ keys: recordKeys(value), record: framing.encode(value), resolve, reject });
        flushing ??= flush();
      }),
    // At once where it is known; a promise where the file must be read for it, which is done up to that record.
    has(id, former) {
      if (!file) return false;
      const { companion, behind, isRead } = file;
      const keys = former ? [id, formerKey(former.place, former.endUs)] : [id];
      const isThere = (): boolean => keys.some((key) => companion.has(key));
      return isThere() || behind.some((some) => some.includes(id)) || (!isRead && search(file, isThere));
    },
    async close() {
      await flushing;
      await reading?.catch(() => {});
      const closing = file;
      file = undefined;
      await closing?.close();
    },
  };
}

function nextGroup(pending: readonly PendingRecord[]): PendingRecord[] {
  let bytes = 0;
  const most = pending.findIndex(({ record }) => (bytes += record.byteLength) > MOST_GROUP_BYTES);
  return pending.slice(0, most < 0 ? pending.length : Math.max(1, most));
}

/** Each configuration once; the one that was used last is the last one. */
function keep(companion: Companion, configurations: readonly Configuration[]): void {
  const hashes = configurations.map(({ hash }) => hash);
  const known = JSON.stringify(configurations.filter(({ hash }, i) => hashes.lastIndexOf(hash) === i));
  if (companion.fact(CONFIGURATIONS) === known) return;
  companion.remember({ facts: { [CONFIGURATIONS]: known } });
  companion.settle();
}

/** The keys of all records. */
const keysIn = (companion: Companion): Digest<readonly string[]> => ({
  of: (units) => ({ ids: units.flat() }),
  known(units) {
    const keys = units.flat();
    return { known: keys.filter((key) => companion.has(key)).length, all: keys.length };
  },
});
