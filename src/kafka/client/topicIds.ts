/*
  The ids of topics. A topic that was deleted and made again has the same name and another id; kafkajs 2.2.4 asks for metadata in
  version 6, which has none. So Metadata version 11 (Kafka 2.8 and later) is sent over connections of kafkajs.
    request  = topics [ topic id (16 bytes of zero) | name | tags ] | create what is missing | authorized operations | tags
    response = throttle (int32) | brokers [ node (int32) | host | port (int32) | rack | tags ] | cluster | controller (int32)
             | topics [ error (int16) | name | topic id (16) | internal | partitions [ ... ] | operations (int32) | tags ] | tags
  Each begins with the tags of its header.
*/
import { createRequire } from 'node:module';
import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import { type FlexibleReader, flexibleReader } from './flexibleReader.ts';

export interface TopicIds {
  /** The id of each topic that exists, as Kafka's own tools print it; an empty text where the brokers have no ids. */
  of(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** What is used of kafkajs's own objects. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: {
    readonly seedBroker: {
      readonly versions: Readonly<Record<number, { readonly maxVersion: number }>>;
      readonly connectionPool: { send(exchange: object): Promise<ReadonlyMap<string, string>> };
    };
  };
}

const METADATA = 3;
const VERSION = 11;
const UNKNOWN_TOPIC = 3;

/** Asks for the ids of topics, over a connection of its own that is made when it is first needed. */
export function topicIds(kafka: kafkajs.Kafka): TopicIds {
  let cluster: Cluster | undefined;
  let isClosed = false;
  const forget = async (): Promise<void> => {
    const old = cluster;
    cluster = undefined;
    await old?.disconnect();
  };
  return {
    async of(topics) {
      if (isClosed) throw new Error('the connection is closed');
      const asked = (cluster ??= newCluster(kafka));
      try {
        await asked.connect();
        const { versions, connectionPool } = asked.brokerPool.seedBroker;
        if ((versions[METADATA]?.maxVersion ?? 0) < VERSION) return new Map(topics.map((topic) => [topic, '']));
        const request = { apiKey: METADATA, apiVersion: VERSION, apiName: 'Metadata', encode: async () => encoded(requestOf(topics)) };
        return await connectionPool.send({
          request,
          response: { decode: async (bytes: Buffer) => idsIn(bytes), parse: async (ids: unknown) => ids },
        });
      } catch (cause) {
        // The next question goes over a new connection, perhaps to another broker.
        await forget();
        throw cause;
      } finally {
        if (isClosed) await asked.disconnect();
      }
    },
    async close() {
      isClosed = true;
      await forget();
    },
  };
}

function newCluster(kafka: kafkajs.Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster')!;
  const make = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]!;
  return make({ allowAutoTopicCreation: false });
}

/** kafkajs takes the bytes of a request in an encoder of its own only. */
function encoded(bytes: Buffer): object {
  const Encoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder') as new () => { writeBuffer(bytes: Buffer): object };
  return new Encoder().writeBuffer(bytes);
}

function requestOf(topics: readonly string[]): Buffer {
  const names = topics.flatMap((topic) => [Buffer.alloc(16), lengthOf(Buffer.byteLength(topic)), Buffer.from(topic), Buffer.alloc(1)]);
  return Buffer.concat([Buffer.alloc(1), lengthOf(topics.length), ...names, Buffer.alloc(3)]);
}

function lengthOf(count: number): Buffer {
  const bytes: number[] = [];
  let rest = count + 1;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** The ids in an answer. Throws SOURCE_FAILED for an error of the broker but for a topic that is not there. */
export function idsIn(answer: Buffer): ReadonlyMap<string, string> {
  const read = flexibleReader(answer);
  const ids = new Map<string, string>();
  read.tags();
  read.skip(4);
  read.array(() => skipBroker(read));
  read.text();
  read.skip(4);
  read.array(() => {
    const error = read.int16();
    const name = read.text();
    const id = read.bytes(16).toString('base64url');
    read.skip(1);
    read.array(() => skipPartition(read));
    read.skip(4);
    read.tags();
    // A topic without a leader has an error as well, and an id.
    if (error === UNKNOWN_TOPIC) return;
    if (/^A+$/.test(id))
      throw new PipelineError('SOURCE_FAILED', `Kafka answered with error ${error} about topic '${name}'`, { retryable: true });
    ids.set(name, id);
  });
  return ids;
}

function skipBroker(read: FlexibleReader): void {
  read.skip(4);
  read.text();
  read.skip(4);
  read.text();
  read.tags();
}

function skipPartition(read: FlexibleReader): void {
  read.skip(2 + 4 + 4 + 4);
  for (let list = 0; list < 3; list++) read.array(() => read.skip(4));
  read.tags();
}
