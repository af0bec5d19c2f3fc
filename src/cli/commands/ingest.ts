import { print, printJson } from '../support/print.ts';
import { type Command, Option } from 'commander';
import type kafkajs from 'kafkajs';
import { packetEncoder } from '../../consume/kafka/packetEncoder.ts';
import type { Source } from '../../consume/source.ts';
import type { Packet } from '../../stage/packet.ts';
import { recording } from '../../consume/sources/recording.ts';
import { openBatchingProducer } from '../../kafka/producer/openBatchingProducer.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { topicRanges } from '../../kafka/consumer/offsetRange.ts';
import { readRanges } from '../../kafka/consumer/readRanges.ts';
import { counterLine } from '../support/counterLine.ts';
import { type KafkaFlags, connectionOf, registryOf, speedOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { paced } from '../support/paced.ts';
import { requireTopic } from '../support/requireTopic.ts';
import { sendAll } from '../support/sendAll.ts';
import { stopOnSignal } from '../support/stopOnSignal.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';

interface IngestFlags extends KafkaFlags {
  topic: string;
  speed: number;
  wire: 'avro' | 'raw';
  registry?: string;
  sensor?: string;
  packetBytes: number;
  partitions?: number;
  json?: true;
}

/** `ingest RECORDING --topic T`: publishes a recording as packets. */
export const ingest = (program: Command): void => {
  withKafkaFlags(
    program
      .command('ingest')
      .description('publish a recording as packets; the same command continues where it was stopped')
      .argument('<recording>', 'a file of any format that inspect reads')
      .requiredOption('--topic <topic>', 'the topic')
      .addOption(new Option('--speed <factor>', 'times the pace of the sensor: 1, 10, or max').argParser(speedOf).default(Infinity, 'max'))
      .addOption(new Option('--wire <format>', 'Avro, or the bytes with headers').choices(['avro', 'raw']).default('avro'))
      .option('--registry <url>', 'schema registry; without one, Avro is written as single objects')
      .option('--sensor <name>', 'name of the sensor, and key of the messages')
      .option('--packet-bytes <bytes>', 'bytes of a packet', Number, 65_536)
      .option('--partitions <n>', 'create the topic with this many partitions if it does not exist', Number)
      .option('--json', 'print what was done as one JSON object'),
  ).action(async (file: string, flags: IngestFlags) => {
    const done = await ingestRecording(file, flags);
    if (flags.json) printJson(done);
    else print(`${done.packets} packets in ${flags.topic}${lost(done)}${done.complete ? '' : ' so far; the same command continues'}\n`);
  });
};

const lost = ({ unreadable }: { unreadable: number }): string => (unreadable > 0 ? `, ${unreadable} unreadable left out` : '');

async function ingestRecording(
  file: string,
  flags: IngestFlags,
): Promise<{ packets: number; skipped: number; bytes: number; unreadable: number; complete: boolean }> {
  const { topic, speed, sensor, packetBytes, partitions } = flags;
  const kafka = await connectOrExplain(connectionOf(flags), { mustAnswer: true });
  const sent = await withAdmin(kafka, async (admin) => {
    await requireTopic(admin, topic, partitions);
    return await alreadySent(kafka, await topicRanges(admin, topic), topic, file);
  });
  const source = recording({ file, packetBytes, ...(sensor && { sensor }) });
  const total = await source.total?.();
  const message = await packetEncoder({ ...flags, registry: registryOf(flags.registry), recording: file });
  const out = await openBatchingProducer(kafka, { compression: 'zstd' });
  let [packets, skipped, bytes, unreadable] = [0, 0, 0, 0];
  const endLine = counterLine(() => ({ done: Math.round(bytes / 1024), total: total && Math.round(total / 1024), unit: 'KiB' }));
  const send = (packet: Packet): Promise<void> | undefined => {
    bytes += packet.bytes.byteLength;
    if (packet.fault !== undefined) {
      if (unreadable++ === 0) process.stderr.write(`${packet.fault}\n`);
      return undefined;
    }
    if (packet.isWarmUp !== true) return out.send(message(packet)).then(() => void packets++);
    skipped++;
    return undefined;
  };
  try {
    const complete = await stopOnSignal(async (signal) => {
      await sendAll(untilAborted(paced(withoutSent(source, sent), speed).packets(signal), signal), send);
      return !signal.aborted;
    });
    return { packets, skipped, bytes, unreadable, complete };
  } finally {
    endLine();
    await out.close();
  }
}

async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  for await (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

/** Packets that an earlier run sent count as warm-up: they are not sent again, nor waited for. */
const withoutSent = (source: Source, sent: ReadonlyMap<string, number>): Source => ({
  ...source,
  async *packets(signal) {
    for await (const packet of source.packets(signal)) yield { ...packet, isWarmUp: packet.seq <= (sent.get(packet.sensor) ?? -1) };
  },
});

/** The last packet of this recording that an earlier run sent, by sensor. */
async function alreadySent(
  kafka: kafkajs.Kafka,
  ranges: Awaited<ReturnType<typeof topicRanges>>,
  topic: string,
  file: string,
): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  await readRanges(kafka, topic, ranges, ({ key, headers }) => {
    if (!key || headers?.['recording']?.toString() !== file) return;
    const seq = Number(headers['seq']?.toString());
    const name = key.toString();
    if (seq > (sent.get(name) ?? -1)) sent.set(name, seq);
  });
  return sent;
}
