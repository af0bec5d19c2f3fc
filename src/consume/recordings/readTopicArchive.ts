import { open } from 'node:fs/promises';
import { PipelineError, messageOf } from '../../errors.ts';
import { type ArchivedMessage, topicArchiveFile } from './topicArchiveFile.ts';

const READ_BYTES = 1 << 22;
const HEADER_BYTES = topicArchiveFile.header.byteLength;

/**
 * The messages of an archive of a topic. Throws INPUT_UNREADABLE for a file that is none.
 *
 * @param onRead called with the number of bytes of the file that were read so far
 */
export async function* readTopicArchive(path: string, onRead: (bytes: number) => void = () => {}): AsyncGenerator<ArchivedMessage, void> {
  for await (const { values, end } of archiveBlocks(path)) {
    yield* values;
    onRead(end);
  }
}

/** Whether a file begins as an archive does. */
export async function isTopicArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.equals(topicArchiveFile.header);
  } finally {
    await file.close();
  }
}

export interface ArchiveBlock {
  readonly values: readonly ArchivedMessage[];
  /** The byte of the file after it. */
  readonly end: number;
}

function blockIn(held: Buffer, path: string, at: number): ReturnType<typeof topicArchiveFile.blockAt> {
  try {
    return topicArchiveFile.blockAt(held, 0);
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${path}: the archive is damaged at byte ${at}: ${messageOf(cause)}`, { cause });
  }
}

/** The whole blocks of an archive: one that was not finished ends with an incomplete block, which is left out. */
export async function* archiveBlocks(path: string): AsyncGenerator<ArchiveBlock, void> {
  if (!(await isTopicArchive(path)))
    throw new PipelineError('INPUT_UNREADABLE', `${path} is no archive of a topic; \`saccade record\` makes one`);
  const file = await open(path);
  try {
    let held = Buffer.alloc(0);
    let heldAt = HEADER_BYTES;
    for (;;) {
      const block = blockIn(held, path, heldAt);
      if (block === 'damaged')
        throw new PipelineError('INPUT_UNREADABLE', `${path}: the archive is damaged: a block does not end where it says`);
      if (block === 'incomplete') {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, heldAt + held.length);
        if (bytesRead === 0) return;
        held = Buffer.concat([held, buffer.subarray(0, bytesRead)]);
        continue;
      }
      held = held.subarray(block.end);
      heldAt += block.end;
      yield { values: block.values, end: heldAt };
    }
  } finally {
    await file.close();
  }
}
