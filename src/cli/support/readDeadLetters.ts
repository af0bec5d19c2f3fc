import { open, readFile } from 'node:fs/promises';
import avsc from 'avsc';
import type { TopicPoint } from '../../kafka/consumer/topicPoint.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import { decoder } from '../../avro/wireFormat.ts';
import type { CheckedConnection } from '../../kafka/client/kafkaConnection.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { hasTopic } from '../../kafka/client/ensureTopic.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';
import { rangesBetween, topicRanges } from '../../kafka/consumer/offsetRange.ts';
import { messagesIn } from '../../kafka/consumer/readRanges.ts';
import { type RegistryOptions, schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import type { DeadLetter } from '../../stage/reject.ts';

const HEAD_BYTES = 4096;

/** Whether a file holds dead letters: an Avro file of their schema, or JSON lines of them. */
export async function isLetterFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    return head.startsWith('Obj\x01') ? head.includes('"name":"DeadLetter"') : /^\{[^\n]*"rejectedAtUs":/.test(head);
  } finally {
    await file.close();
  }
}

/** Throws INPUT_UNREADABLE. */
export async function lettersInFile(path: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  try {
    if ((await readFile(path, 'latin1')).startsWith('Obj')) {
      for await (const letter of avsc.createFileDecoder(path)) letters.push(letter as DeadLetter);
      return letters;
    }
    for (const line of (await readFile(path, 'utf8')).split('\n')) if (line) letters.push(JSON.parse(line) as DeadLetter);
    return letters;
  } catch (cause) {
    throw new PipelineError('INPUT_UNREADABLE', `${path}: no whole file of dead letters (${messageOf(cause)})`, { cause });
  }
}

export interface LetterTopic {
  readonly topic: string;
  readonly registry?: RegistryOptions | undefined;
  /** Letters at or behind this point, and before that one. */
  readonly from?: TopicPoint | undefined;
  readonly to?: TopicPoint | undefined;
}

/** The dead letters that a topic holds, however they were written. Throws CONFIG_INVALID, INPUT_UNREADABLE. */
export async function lettersInTopic(connection: CheckedConnection, { topic, registry, from, to }: LetterTopic): Promise<DeadLetter[]> {
  const kafka = await connectOrExplain(connection, { mustAnswer: true });
  const ranges = await withAdmin(kafka, async (admin) => {
    if (await hasTopic(admin, topic)) return rangesBetween(admin, topic, await topicRanges(admin, topic), { from, to });
    throw new PipelineError('CONFIG_INVALID', `the broker has no topic '${topic}'`);
  });
  const single = decoder<DeadLetter>('dead-letter', 'single-object', undefined);
  const confluent = decoder<DeadLetter>('dead-letter', 'confluent', registry ? schemaRegistry(registry) : undefined);
  const letters: DeadLetter[] = [];
  for await (const { message } of messagesIn(kafka, topic, ranges)) {
    const value = message.value ?? Buffer.alloc(0);
    letters.push(await (value[0] === 0 ? confluent(value) : single(value)));
  }
  return letters;
}
