import { type FileHandle, open } from 'node:fs/promises';
import { archiveBlocks } from './readTopicArchive.ts';
import { type ArchivedMessage, topicArchiveFile } from './topicArchiveFile.ts';

const BLOCK_BYTES = 1 << 20;

/** Opens an archive for writing; an existing one is continued after its last whole block. */
export async function writeTopicArchive(path: string): Promise<TopicArchiveWriter> {
  const { header } = topicArchiveFile;
  const file = await open(path, 'r+').catch(async () => open(path, 'w+'));
  const next = new Map<number, number>();
  let count = 0;
  let end = header.byteLength;
  if ((await file.stat()).size === 0) await file.write(header, 0, header.byteLength, 0);
  else {
    for await (const block of archiveBlocks(path)) {
      for (const { partition, offset } of block.values) next.set(partition, offset + 1);
      count += block.values.length;
      end = block.end;
    }
    await file.truncate(end);
  }
  return new TopicArchiveWriter(file, { next, count, end });
}

export class TopicArchiveWriter {
  readonly #file: FileHandle;
  readonly #next: Map<number, number>;
  #count: number;
  /** Where the next block begins. */
  #end: number;
  #records: Buffer[] = [];
  #recordBytes = 0;

  constructor(file: FileHandle, { next, count, end }: { next: Map<number, number>; count: number; end: number }) {
    this.#file = file;
    this.#next = next;
    this.#count = count;
    this.#end = end;
  }

  /** By partition: the offset after the last message in the file. */
  get next(): ReadonlyMap<number, number> {
    return this.#next;
  }

  /** Messages in the file. */
  get count(): number {
    return this.#count;
  }

  async add(message: ArchivedMessage): Promise<void> {
    const record = topicArchiveFile.type.toBuffer(message);
    this.#records.push(record);
    this.#recordBytes += record.length;
    this.#count++;
    this.#next.set(message.partition, message.offset + 1);
    if (this.#recordBytes >= BLOCK_BYTES) await this.#writeBlock();
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    await this.#writeBlock();
    await this.#file.sync();
    await this.#file.close();
  }

  async #writeBlock(): Promise<void> {
    if (this.#records.length === 0) return;
    const block = topicArchiveFile.block(this.#records);
    this.#records = [];
    this.#recordBytes = 0;
    await this.#file.write(block, 0, block.length, this.#end);
    this.#end += block.length;
  }
}
