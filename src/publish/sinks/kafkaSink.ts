import type kafkajs from 'kafkajs';
import { z } from 'zod';
import { brokerReaches } from '../../stage/reach.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import { type Encoder, encoder, registeredPrefix, singleObjectPrefix, subjectNamings } from '../../avro/wireFormat.ts';
import { compressions } from '../../kafka/client/compression.ts';
import { hasTopic } from '../../kafka/client/ensureTopic.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';
import type { OutMessage } from '../../kafka/producer/sendMessages.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import type { Completion, Delivery } from '../../kafka/delivery/delivery.ts';
import { openBatchingProducer } from '../../kafka/producer/openBatchingProducer.ts';
import { connectOrExplain, assertReachable } from '../../kafka/client/connectOrExplain.ts';
import { type RegistryOptions, schemaRegistry, registrySchema } from '../../kafka/client/schemaRegistry.ts';
import { type IdempotentReplayProducer, idempotentReplayProducer } from '../../kafka/producer/idempotentReplayProducer.ts';
import { placeId } from '../../frame/windowing/placeId.ts';
import { readOptions } from '../../readOptions.ts';
import type { Position } from '../../stage/item.ts';
import type { DeadLetter } from '../../stage/reject.ts';
import type { CaptionRecord } from '../captionRecord.ts';
import type { Sink } from '../sink.ts';

export interface KafkaSinkOptions extends KafkaConnection {
  /** The topic; it must exist. */
  topic: string;
  /** Which of the project's schemas the records have. @default 'caption' */
  schema?: 'caption' | 'dead-letter';
  /** Ties the records to the commits of a Kafka source; shared with it. @default none: each record is written on its own */
  delivery?: Delivery;
  /** Schema registry. With one, records have Confluent's wire format; without, they are Avro single objects. */
  registry?: RegistryOptions;
  /** How the schema's subject is named: `<topic>-value`, the record's full name, or `<topic>-<full name>`. @default 'topic' */
  subject?: (typeof subjectNamings)[number];
  /** Compression of records written without a `delivery`. @default 'zstd' */
  compression?: (typeof compressions)[number];
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  schema: z.enum(['caption', 'dead-letter'], "must be 'caption' or 'dead-letter'").default('caption'),
  delivery: z
    .custom<Delivery>(
      (value) => typeof value === 'object' && value !== null && 'take' in value,
      'must be exactlyOnce({...}) or atLeastOnce({...})',
    )
    .optional(),
  registry: registrySchema.optional(),
  subject: z.enum(subjectNamings).default('topic'),
  compression: z.enum(compressions).default('zstd'),
});

type Checked = z.infer<typeof schema>;

/** Writes the messages of a sink. */
interface MessageWriter {
  send(message: OutMessage, value: CaptionRecord | DeadLetter, from: Position): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes records to a Kafka topic, keyed by sensor. With the source's `delivery` a record is written together with the commit
 * of what it came from. A replay commits nothing: there it is written by itself, unless the topic has it already.
 */
export function kafkaSink<Value extends CaptionRecord | DeadLetter>(options: KafkaSinkOptions): Sink<Value> {
  const checked = readOptions('kafkaSink', schema, options);
  const { topic, schema: schemaName, delivery, compression } = checked;
  const unbound = async (kafka: kafkajs.Kafka): Promise<MessageWriter> => openBatchingProducer(kafka, { compression });
  const exactlyOnce = delivery?.guarantee === 'exactly-once';
  return {
    ...sinkOf<Value>(checked, async (kafka) => (delivery ? deliveryWriter(delivery) : unbound(kafka))),
    // A dead letter of a replay has a reason and a time of its own: it is written also where there is one already.
    forReplay() {
      if (schemaName === 'dead-letter') return sinkOf<Value>(checked, unbound);
      let known: IdempotentReplayProducer | undefined;
      const openWriter = async (kafka: kafkajs.Kafka): Promise<MessageWriter> =>
        (known = await idempotentReplayProducer(kafka, { topic, compression, exactlyOnce }));
      return {
        ...sinkOf<Value>(checked, openWriter),
        has: (id, former) => known !== undefined && (known.has(id) || (former !== undefined && known.has(former.place))),
      };
    },
  };
}

const deliveryWriter = (delivery: Delivery): MessageWriter => ({
  send: (message, value, from) => delivery.write(message, completionOf(value, from), from),
  close: () => delivery.close(),
});

function sinkOf<Value extends CaptionRecord | DeadLetter>(
  { topic, schema: schemaName, registry, subject, delivery, compression: _compression, ...connection }: Checked,
  openWriter: (kafka: kafkajs.Kafka) => Promise<MessageWriter>,
): Sink<Value> {
  let encode: Encoder | undefined;
  let writer: MessageWriter | undefined;
  return {
    name: 'kafkaSink',
    params: { topic, schema: schemaName },
    reaches: [...brokerReaches(connection.brokers, 'records', registry), ...(delivery?.reaches ?? [])],
    async open() {
      const kafka = await connectOrExplain(connection);
      await assertTopic(kafka, topic, connection.brokers);
      const prefix = registry
        ? await registeredPrefix(schemaRegistry(registry), schemaName, subject, topic)
        : singleObjectPrefix(schemaName);
      encode = encoder(schemaName, prefix);
      writer = await openWriter(kafka);
    },
    async ready() {
      if (!encode) throw new PipelineError('SINK_FAILED', `topic '${topic}' is not open`, { retryable: true });
      await assertReachable(connection);
      if (registry) await schemaRegistry(registry).ping();
    },
    async write(value, from) {
      if (!encode || !writer) throw new PipelineError('UNEXPECTED', 'kafkaSink.write was called before open');
      await writer.send(messageOfValue(topic, encode, value), value, from);
    },
    close: async () => writer?.close(),
  };
}

const isDeadLetter = (value: CaptionRecord | DeadLetter): value is DeadLetter => 'rejectedAtUs' in value;

function messageOfValue(topic: string, { encode, record }: Encoder, value: CaptionRecord | DeadLetter): OutMessage {
  const headers: Record<string, string> = { 'content-type': 'application/avro', schema: record, 'window-id': value.id };
  if (isDeadLetter(value)) {
    const { code, message, stage, position } = value;
    headers['error-code'] = code;
    headers['error-message'] = message.slice(0, 500);
    headers['error-stage'] = stage;
    headers['origin'] = `${position.source}/${position.partition}/${position.first}`;
  } else {
    headers['window-place'] = placeOf(value);
    if (value.requestHash) headers['request-hash'] = value.requestHash;
  }
  return { topic, key: value.sensor, value: encode(value), headers };
}

const placeOf = ({ sensor, startUs, source }: CaptionRecord): string =>
  placeId({ sensor, start: startUs, position: { ...source, source: source.name } });

/** A dead letter without a window stands for a packet that was rejected as a whole. */
function completionOf(value: CaptionRecord | DeadLetter, position: Position): Completion {
  if (!isDeadLetter(value)) return { sensor: value.sensor, start: value.startUs, end: value.endUs, position };
  const { sensor, start, end, code } = value;
  if (code === 'EVENTS_LATE') return { late: position.first };
  return start === null || end === null ? { packet: position.first } : { sensor, start, end, position };
}

async function assertTopic(kafka: kafkajs.Kafka, topic: string, brokers: readonly string[]): Promise<void> {
  const isThere = await withAdmin(kafka, (admin) => hasTopic(admin, topic)).catch((cause: unknown) => {
    throw new PipelineError('SINK_FAILED', `Kafka at ${brokers.join(', ')}: ${messageOf(cause)}`, { cause, retryable: true });
  });
  if (!isThere) throw new PipelineError('CONFIG_INVALID', `kafkaSink.topic: the broker has no topic '${topic}'; create it first`);
}
