/*
  An archive of a topic: an Avro object container file (any Avro reader opens it)
    file    = 'Obj' 01 | metadata map<bytes> (avro.schema, avro.codec = deflate) | sync (16 bytes) | block*
    block   = count (long) | bytes (long) | records, deflated | sync
    record  = partition, offset, timestampMs, key, value, headers: the message as it was
  A file that was not finished ends with its last whole block; writing goes on behind it.
*/
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avsc from 'avsc';
import { PipelineError } from '../../errors.ts';

/** A message of a topic, as it was. */
export interface ArchivedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'ArchivedMessage',
  namespace: 'saccade',
  fields: [
    { name: 'topic', type: 'string' },
    { name: 'partition', type: 'int' },
    { name: 'offset', type: 'long' },
    { name: 'timestampMs', type: 'long' },
    { name: 'key', type: ['null', 'bytes'] },
    { name: 'value', type: ['null', 'bytes'] },
    { name: 'headers', type: { type: 'map', values: 'bytes' } },
  ],
});
const MESSAGE = avsc.Type.forSchema(JSON.parse(SCHEMA), { wrapUnions: false });
const LONG = avsc.Type.forSchema('long');
const SYNC = createHash('sha256').update(SCHEMA).digest().subarray(0, 16);
const HEADER = Buffer.concat([
  Buffer.from('Obj\x01', 'latin1'),
  avsc.Type.forSchema({ type: 'map', values: 'bytes' }).toBuffer({
    'avro.schema': Buffer.from(SCHEMA),
    'avro.codec': Buffer.from('deflate'),
  }),
  SYNC,
]);
const BLOCK_BYTES = 1 << 20;
const READ_BYTES = 1 << 22;

/** Yields the messages of an archive; `read` is told how many bytes of the file they end at. Throws INPUT_UNREADABLE for a file that is none. */
export async function* readArchive(path: string, read: (bytes: number) => void = () => {}): AsyncGenerator<ArchivedMessage, void> {
  for await (const { messages, end } of blocksOf(path)) {
    yield* messages;
    read(end);
  }
}

/** Whether a file begins as an archive does. */
export async function isArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    return buffer.equals(HEADER);
  } finally {
    await file.close();
  }
}

async function* blocksOf(path: string): AsyncGenerator<{ messages: ArchivedMessage[]; end: number }, void> {
  if (!(await isArchive(path)))
    throw new PipelineError('INPUT_UNREADABLE', `${path} is no archive of a topic; \`saccade record\` makes one`);
  const file = await open(path);
  try {
    let held = Buffer.alloc(0);
    let heldAt = HEADER.length;
    for (;;) {
      const block = blockAt(held);
      if (block) {
        held = held.subarray(block.bytes);
        heldAt += block.bytes;
        yield { messages: block.messages, end: heldAt };
        continue;
      }
      const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, heldAt + held.length);
      if (bytesRead === 0) return;
      held = Buffer.concat([held, buffer.subarray(0, bytesRead)]);
    }
  } finally {
    await file.close();
  }
}

function blockAt(bytes: Buffer): { messages: ArchivedMessage[]; bytes: number } | undefined {
  const count = LONG.decode(bytes, 0);
  if (count.offset < 0) return undefined;
  const size = LONG.decode(bytes, count.offset);
  if (size.offset < 0) return undefined;
  const end = size.offset + size.value + SYNC.length;
  if (bytes.length < end) return undefined;
  if (!bytes.subarray(end - SYNC.length, end).equals(SYNC))
    throw new PipelineError('INPUT_UNREADABLE', 'the archive is damaged: a block does not end where it says');
  const body = inflateRawSync(bytes.subarray(size.offset, end - SYNC.length));
  const messages: ArchivedMessage[] = [];
  for (let at = 0; messages.length < count.value;) {
    const { value, offset } = MESSAGE.decode(body, at);
    messages.push(value as ArchivedMessage);
    at = offset;
  }
  return { messages, bytes: end };
}

export interface ArchiveWriter {
  /** By partition: the offset behind the last message that is there. */
  readonly next: ReadonlyMap<number, number>;
  /** Messages in the file. */
  readonly count: number;
  add(message: ArchivedMessage): Promise<void>;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

/** Opens an archive for writing; one that is there is continued behind its last whole block. */
export async function writeArchive(path: string): Promise<ArchiveWriter> {
  const next = new Map<number, number>();
  let count = 0;
  let end = HEADER.length;
  const file = await openAt(path);
  if ((await file.stat()).size === 0) await file.write(HEADER, 0, HEADER.length, 0);
  else {
    for await (const block of blocksOf(path)) {
      for (const { partition, offset } of block.messages) next.set(partition, offset + 1);
      count += block.messages.length;
      end = block.end;
    }
    await file.truncate(end);
  }
  let waiting: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const body = deflateRawSync(Buffer.concat(waiting), { level: 1 });
    const block = Buffer.concat([LONG.toBuffer(waiting.length), LONG.toBuffer(body.length), body, SYNC]);
    waiting = [];
    bytes = 0;
    await file.write(block, 0, block.length, end);
    end += block.length;
  };
  return {
    next,
    get count() {
      return count;
    },
    async add(message) {
      const record = MESSAGE.toBuffer(message);
      waiting.push(record);
      bytes += record.length;
      count++;
      next.set(message.partition, message.offset + 1);
      if (bytes >= BLOCK_BYTES) await flush();
    },
    async close() {
      await flush();
      await file.sync();
      await file.close();
    },
  };
}

const openAt = async (path: string): Promise<FileHandle> => open(path, 'r+').catch(async () => open(path, 'w+'));
