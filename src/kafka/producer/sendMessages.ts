import type kafkajs from 'kafkajs';
import { type Compression, compressionType } from '../client/compression.ts';

/** A message to be written to a topic. */
export interface OutMessage {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By default a broker refuses a record batch above about 1 MB; each request stays below that. */
const REQUEST_BYTES = 512 * 1024;

/** Sends messages in as many requests as their size needs. Resolves with the offset of the first one, -1 for no messages. */
export async function sendMessages(
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
    if (chunk.length > 0 && bytes + size > REQUEST_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
