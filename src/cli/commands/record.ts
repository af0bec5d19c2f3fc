import { print, printJson } from '../support/print.ts';
import type { Command } from 'commander';
import type kafkajs from 'kafkajs';
import type { ArchivedMessage } from '../../consume/recordings/topicArchiveFile.ts';
import type { TopicPoint } from '../../kafka/consumer/topicPoint.ts';
import { writeTopicArchive } from '../../consume/recordings/writeTopicArchive.ts';
import { PipelineError } from '../../errors.ts';
import { hasTopic } from '../../kafka/client/ensureTopic.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { rangesBetween, topicRanges } from '../../kafka/consumer/offsetRange.ts';
import { readRanges } from '../../kafka/consumer/readRanges.ts';
import { counterLine } from '../support/counterLine.ts';
import { type KafkaFlags, connectionOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { pointFlag, pointHelp } from '../support/pointFlag.ts';
import { stopOnSignal } from '../support/stopOnSignal.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';

interface RecordFlags extends KafkaFlags {
  topic: string;
  out: string;
  from?: TopicPoint;
  to?: TopicPoint;
  json?: true;
}

/** `record --topic T --out FILE`: archives what a topic holds. */
export const record = (program: Command): void => {
  withKafkaFlags(
    program
      .command('record')
      .description('archive a topic into a file; the same command continues where it was stopped')
      .requiredOption('--topic <topic>', 'the topic')
      .requiredOption('--out <file>', 'the archive')
      .option('--from <point>', `only messages at or after ${pointHelp}`, pointFlag)
      .option('--to <point>', 'only messages before it', pointFlag)
      .option('--json', 'print what was done as one JSON object'),
  ).action(async (flags: RecordFlags) => {
    const done = await recordTopic(flags);
    if (flags.json) printJson(done);
    else print(`${done.messages} messages in ${flags.out}${done.complete ? '' : ' so far; the same command continues'}\n`);
  });
};

async function recordTopic({ topic, out, from, to, ...flags }: RecordFlags): Promise<{ messages: number; complete: boolean }> {
  const kafka = await connectOrExplain(connectionOf(flags), { mustAnswer: true });
  const ranges = await withAdmin(kafka, async (admin) => {
    if (await hasTopic(admin, topic)) return rangesBetween(admin, topic, await topicRanges(admin, topic), { from, to });
    throw new PipelineError('CONFIG_INVALID', `--topic: the broker has no topic '${topic}'`);
  });

  const archive = await writeTopicArchive(out);
  const left = ranges.map((range) => ({ ...range, first: Math.max(range.first, archive.next.get(range.partition) ?? 0) }));
  const total = left.reduce((sum, range) => sum + Math.max(0, range.end - range.first), 0);
  let done = 0;
  const endLine = counterLine(() => ({ done, total, unit: 'messages' }));
  const add = async (message: kafkajs.KafkaMessage, partition: number): Promise<void> => {
    await archive.add(archived(topic, partition, message));
    done++;
  };
  try {
    const complete = await stopOnSignal(async (signal) => {
      await readRanges(kafka, topic, left, add, signal);
      return !signal.aborted;
    });
    return { messages: archive.count, complete };
  } finally {
    endLine();
    await archive.close();
  }
}

function archived(
  topic: string,
  partition: number,
  { key, value, offset, timestamp, headers = {} }: kafkajs.KafkaMessage,
): ArchivedMessage {
  // A header without a value is read as one that is not there.
  const bytes = Object.entries(headers).flatMap(([name, header]) => {
    const given: Buffer | string | null | undefined = Array.isArray(header) ? header[0] : header;
    return given === undefined || given === null ? [] : [[name, Buffer.from(given)] as const];
  });
  return { topic, partition, offset: Number(offset), timestampMs: Number(timestamp), key, value, headers: Object.fromEntries(bytes) };
}
