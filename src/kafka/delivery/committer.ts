import type kafkajs from 'kafkajs';
import { type Compression, compressionType } from '../client/compression.ts';

/** A message on its way out. */
export interface OutMessage {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes out together: messages first, then the commit of the input. */
export interface Batch {
  /** Resolves with the offset of the first message when the broker has them. */
  readonly send: (messages: readonly OutMessage[]) => Promise<number>;
  /** Resolves when the commit is safe, and everything that was sent with it. */
  commit(offset: number, metadata: string): Promise<void>;
}

/** The way out for what came from one input partition. */
export interface Committer {
  /** After this no other instance can commit for the partition until it has called this too; what was unfinished is undone. */
  fence(): Promise<void>;
  begin(): Promise<Batch>;
  close(): Promise<void>;
}

export interface InputPartition {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

/** A batch record of a broker is refused above about 1 MB by default: what is sent at once stays below. */
const SEND_BYTES = 512 * 1024;

export async function sendAll(
  send: (batch: kafkajs.ProducerBatch) => Promise<kafkajs.RecordMetadata[]>,
  messages: readonly OutMessage[],
  compression: Compression,
): Promise<number> {
  let first: number | undefined;
  for (const chunk of chunksOf(messages)) {
    const byTopic = Map.groupBy(chunk, ({ topic }) => topic);
    const topicMessages = [...byTopic].map(([topic, some]) => ({
      topic,
      messages: some.map(({ key, value, headers }) => ({ key, value, ...(headers && { headers: { ...headers } }) })),
    }));
    const [answer] = await send({ topicMessages, acks: -1, compression: compressionType(compression) });
    first ??= Number(answer?.baseOffset ?? -1);
  }
  return first ?? -1;
}

function* chunksOf(messages: readonly OutMessage[]): Generator<OutMessage[]> {
  let chunk: OutMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = message.value?.byteLength ?? 0;
    if (chunk.length > 0 && bytes + size > SEND_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
