import { blockFraming } from '../../avro/blockFraming.ts';
import type { Companion } from '../../files/companion.ts';
import type { Digest } from '../../files/coverage.ts';
import type { OpenFile } from '../../files/fileHandle.ts';
import { type GrowingFile, growingFile } from '../../files/growingFile.ts';
import { type ArchivedMessage, topicArchiveFile } from './topicArchiveFile.ts';

const BLOCK_BYTES = 1 << 20;

/** An archive that is open for writing. */
export interface TopicArchiveWriter {
  /** By partition: the offset after the last message in the file. */
  readonly next: ReadonlyMap<number, number>;
  /** Messages in the file. */
  readonly count: number;
  add(message: ArchivedMessage): Promise<void>;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

/**
 * Opens an archive for writing; an existing one is continued after its last whole block. Throws CONFIG_INVALID for a file that
 * is none, and SINK_FAILED for one that is damaged, or that another run writes.
 *
 * @param open opens the file. @default that of Node
 */
export async function writeTopicArchive(path: string, open?: OpenFile): Promise<TopicArchiveWriter> {
  const framing = blockFraming(topicArchiveFile, 'archive of a topic', topicArchiveFile.blockAt);
  const file = await growingFile({ path, framing, digest: (companion) => digestIn(companion), open });
  let { next, count } = await readContents(file).catch(async (cause: unknown) => {
    await file.close();
    throw cause;
  });
  let messages: ArchivedMessage[] = [];
  let records: Buffer[] = [];
  let recordBytes = 0;
  const writeBlock = async (): Promise<void> => {
    if (records.length === 0) return;
    const [block, unit] = [topicArchiveFile.block(records), messages];
    messages = [];
    records = [];
    recordBytes = 0;
    await file.append(block, [unit]);
  };
  return {
    next,
    get count() {
      return count;
    },
    async add(message) {
      const record = topicArchiveFile.type.toBuffer(message);
      messages.push(message);
      records.push(record);
      recordBytes += record.length;
      count++;
      next.set(message.partition, message.offset + 1);
      if (recordBytes >= BLOCK_BYTES) await writeBlock();
    },
    async close() {
      try {
        await writeBlock();
      } finally {
        await file.close();
      }
    },
  };
}

/** What an archive holds, as its companion remembers it. */
interface Contents {
  readonly next: Map<number, number>;
  count: number;
}

const FACT = 'archived';

function contentsIn(companion: Companion): Contents {
  const { next = [], count = 0 } = JSON.parse(companion.fact(FACT) ?? '{}') as { next?: [number, number][]; count?: number };
  return { next: new Map(next), count };
}

async function readContents(file: GrowingFile<readonly ArchivedMessage[]>): Promise<Contents> {
  while (await file.readOn());
  return contentsIn(file.companion);
}

function digestIn(companion: Companion): Digest<readonly ArchivedMessage[]> {
  const contents = contentsIn(companion);
  return {
    of(units) {
      for (const { partition, offset } of units.flat()) contents.next.set(partition, offset + 1);
      contents.count += units.reduce((sum, { length }) => sum + length, 0);
      return { facts: { [FACT]: JSON.stringify({ next: [...contents.next], count: contents.count }) } };
    },
    // Messages have no ids: an archive is known by its bytes alone.
    known: () => ({ known: 0, all: 0 }),
  };
}
