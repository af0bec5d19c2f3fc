import { McapIndexedReader, McapStreamReader } from '@mcap/core';
import { PipelineError, messageOf } from '../../../errors.ts';
import type { Container, RandomAccess } from '../container.ts';
import { type EventMessage, eventMessage, eventPacket } from './support/eventMessage.ts';
import { checkTopics } from './support/checkTopics.ts';
import { noEvents } from './support/noEvents.ts';
import { mostHeldBytes } from './support/mostHeldBytes.ts';
import { unpackChunk } from './support/unpackChunk.ts';
import { startsWith } from '../../../decode/startsWith.ts';

const MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);
const READ_BYTES = 2 ** 20;
/** Memory of an entry of a message index, which has 16 bytes in the file. */
const INDEX_GROWTH = 8;

interface Channel {
  readonly topic: string;
  readonly kind: EventMessage;
  readonly cdr: boolean;
}

interface Message {
  readonly channel: Channel;
  readonly data: Uint8Array;
}

/** MCAP files with `event_camera_msgs/EventPacket` of ROS 1 or 2; each topic is a sensor. A file that was not closed is read up to its end. */
export const mcap: Container = {
  name: 'mcap',
  detect: (head) => startsWith(head, MAGIC),
  async *packets(file, signal) {
    const counts = new Map<string, number>();
    try {
      for await (const { channel, data } of await messagesOf(file)) {
        if (signal.aborted) return;
        const { topic, kind, cdr } = channel;
        const count = counts.get(topic) ?? 0;
        counts.set(topic, count + 1);
        yield eventPacket(kind, topic, data, cdr, count);
      }
    } catch (error) {
      if (error instanceof PipelineError) throw error;
      throw new PipelineError('INPUT_UNREADABLE', `${file.path}: the MCAP file cannot be read on: ${messageOf(error)}`, { cause: error });
    }
  },
};

async function messagesOf(file: RandomAccess): Promise<AsyncIterable<Message>> {
  const { lz4, zstd } = unpackChunk(file);
  const sizes = new Map<bigint, bigint>();
  let chunk: bigint | undefined;
  /** A chunk may not unpack to more than the index says, by which the memory is planned. */
  const asIndexed = (size: bigint): number => {
    const most = chunk === undefined ? undefined : sizes.get(chunk);
    if (most !== undefined && size > most) throw new RangeError(`the chunk at ${chunk} unpacks to ${size} bytes, its index says ${most}`);
    return Number(size);
  };
  const decompressHandlers = {
    lz4: (packed: Uint8Array, size: bigint) => lz4(packed, asIndexed(size)),
    zstd: (packed: Uint8Array, size: bigint) => zstd(packed, asIndexed(size)),
  };
  const readable = {
    size: async () => BigInt(file.size),
    read(offset: bigint, size: bigint) {
      chunk = offset;
      return file.read(Number(offset), Number(size));
    },
  };
  let reader: McapIndexedReader;
  try {
    reader = await McapIndexedReader.Initialize({ readable, decompressHandlers });
  } catch {
    return streamed(file, new McapStreamReader({ decompressHandlers }));
  }
  if (reader.channelsById.size === 0 || !isInOrder(reader.chunkIndexes, file))
    return streamed(file, new McapStreamReader({ decompressHandlers }));
  for (const { chunkStartOffset, uncompressedSize } of reader.chunkIndexes) sizes.set(chunkStartOffset, uncompressedSize);
  return indexed(file, reader);
}

/**
 * Whether the chunks can be read in the order of time: each lies in the file for itself, and those that overlap in time fit into
 * the memory together. Else the file is read from front to back, one chunk after the other.
 */
function isInOrder(chunks: McapIndexedReader['chunkIndexes'], file: RandomAccess): boolean {
  const places = chunks.toSorted((a, b) => (a.chunkStartOffset < b.chunkStartOffset ? -1 : 1));
  const isApart = places.every((chunk, i) => {
    const before = places[i - 1];
    return !before || before.chunkStartOffset + before.chunkLength <= chunk.chunkStartOffset;
  });
  const held = mostHeldBytes(
    chunks.map(({ messageStartTime, messageEndTime, uncompressedSize, messageIndexLength }) => ({
      start: messageStartTime,
      end: messageEndTime,
      bytes: Number(uncompressedSize) + INDEX_GROWTH * Number(messageIndexLength),
    })),
  );
  return isApart && held <= Math.max(file.limits.heldBytes, file.limits.chunkBytes);
}

function channelOf(type: string, topic: string, messageEncoding: string): Channel | undefined {
  const kind = eventMessage(type);
  const cdr = messageEncoding === 'cdr';
  return kind && (cdr || messageEncoding === 'ros1') ? { topic, kind, cdr } : undefined;
}

async function* indexed(file: RandomAccess, reader: McapIndexedReader): AsyncGenerator<Message> {
  const channels = new Map<number, Channel>();
  const found: string[] = [];
  for (const { id, topic, schemaId, messageEncoding } of reader.channelsById.values()) {
    const type = reader.schemasById.get(schemaId)?.name ?? 'unknown';
    found.push(`${topic} (${type})`);
    const channel = channelOf(type, topic, messageEncoding);
    if (channel) channels.set(id, channel);
  }
  if (channels.size === 0) throw noEvents(file.path, 'MCAP file', found);
  checkTopics(file, channels.size);
  const topics = [...channels.values()].map(({ topic }) => topic);
  for await (const { channelId, data } of reader.readMessages({ topics })) {
    const channel = channels.get(channelId);
    if (channel) yield { channel, data };
  }
}

/** Without the summary at its end the file is read from front to back, as far as it goes. */
async function* streamed(file: RandomAccess, reader: McapStreamReader): AsyncGenerator<Message> {
  const types = new Map<number, string>();
  const channels = new Map<number, Channel>();
  const found = new Set<string>();
  for (let offset = 0; offset < file.size; offset += READ_BYTES) {
    reader.append(await file.read(offset, READ_BYTES));
    if (reader.bytesRemaining() > file.limits.chunkBytes + READ_BYTES)
      throw new RangeError(`a record that is longer than limits.chunkBytes, ${file.limits.chunkBytes}`);
    for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
      if (record.type === 'Schema') types.set(record.id, record.name);
      else if (record.type === 'Channel') {
        const type = types.get(record.schemaId) ?? 'unknown';
        found.add(`${record.topic} (${type})`);
        const channel = channelOf(type, record.topic, record.messageEncoding);
        if (channel) channels.set(record.id, channel);
        checkTopics(file, channels.size);
      } else if (record.type === 'Message') {
        const channel = channels.get(record.channelId);
        if (channel) yield { channel, data: record.data };
      }
    }
  }
  if (channels.size === 0) throw noEvents(file.path, 'MCAP file', [...found]);
}
