import type { TopicPoint } from '../../kafka/consumer/topicPoint.ts';
import { PipelineError, codeOf, messageOf } from '../../errors.ts';
import { decoder } from '../../avro/wireFormat.ts';
import type { CheckedConnection } from '../../kafka/client/kafkaConnection.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { hasTopic } from '../../kafka/client/ensureTopic.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';
import { rangesBetween, topicRanges } from '../../kafka/consumer/offsetRange.ts';
import { messagesIn } from '../../kafka/consumer/readRanges.ts';
import { type RegistryOptions, schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import type { DeadLetter } from '../../stage/reject.ts';

export interface DeadLetterTopic {
  readonly topic: string;
  readonly registry?: RegistryOptions | undefined;
  /** Dead letters at or after this point, and before that one. */
  readonly from?: TopicPoint | undefined;
  readonly to?: TopicPoint | undefined;
}

/** The dead letters of a topic, as Avro single objects or with the schema id of a registry. Throws CONFIG_INVALID, INPUT_UNREADABLE. */
export async function deadLettersInTopic(
  connection: CheckedConnection,
  { topic, registry, from, to }: DeadLetterTopic,
): Promise<DeadLetter[]> {
  const kafka = await connectOrExplain(connection, { mustAnswer: true });
  const ranges = await withAdmin(kafka, async (admin) => {
    if (await hasTopic(admin, topic)) return rangesBetween(admin, topic, await topicRanges(admin, topic), { from, to });
    throw new PipelineError('CONFIG_INVALID', `the broker has no topic '${topic}'`);
  });
  const single = decoder<DeadLetter>('dead-letter', 'single-object', undefined);
  const confluent = decoder<DeadLetter>('dead-letter', 'confluent', registry ? schemaRegistry(registry) : undefined);
  const letters: DeadLetter[] = [];
  for await (const { message, partition } of messagesIn(kafka, topic, ranges)) {
    const value = message.value ?? Buffer.alloc(0);
    try {
      letters.push(await (value[0] === 0 ? confluent(value) : single(value)));
    } catch (cause) {
      // Only what is no letter is left out: a registry that is away must not cost any.
      if (codeOf(cause) !== 'INPUT_UNREADABLE') throw cause;
      process.stderr.write(`offset ${message.offset} of ${topic}, partition ${partition}, is left out: ${messageOf(cause)}\n`);
    }
  }
  return letters;
}
