import { print, printJson } from '../support/print.ts';
import { type Command, Option } from 'commander';
import { packetEncoder } from '../../consume/kafka/packetEncoder.ts';
import { synthetic } from '../../consume/sources/synthetic.ts';
import { openBatchingProducer } from '../../kafka/producer/openBatchingProducer.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { type KafkaFlags, connectionOf, registryOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { requireTopic } from '../support/requireTopic.ts';
import { sendAll } from '../support/sendAll.ts';
import { stopOnSignal } from '../support/stopOnSignal.ts';
import { withAdmin } from '../../kafka/client/withAdmin.ts';

interface SensorFlags extends KafkaFlags {
  topic: string;
  sensors: number;
  seconds: number;
  wire: 'avro' | 'raw';
  registry?: string;
  partitions?: number;
  json?: true;
}

/** `sensor --topic T`: simulated event cameras that publish as real ones do. */
export const sensor = (program: Command): void => {
  withKafkaFlags(
    program
      .command('sensor')
      .description('simulated event cameras that publish packets at the pace of real ones, until Ctrl-C')
      .requiredOption('--topic <topic>', 'the topic')
      .option('--sensors <n>', 'how many', Number, 1)
      .option('--seconds <s>', 'end after this long', Number, 1e6)
      .addOption(new Option('--wire <format>', 'Avro, or the bytes with headers').choices(['avro', 'raw']).default('avro'))
      .option('--registry <url>', 'schema registry; without one, Avro is written as single objects')
      .option('--partitions <n>', 'create the topic with this many partitions if it does not exist', Number)
      .option('--json', 'print what was done as one JSON object'),
  ).action(async (flags: SensorFlags) => {
    const packets = await publish(flags);
    if (flags.json) printJson({ packets });
    else print(`${packets} packets in ${flags.topic}\n`);
  });
};

async function publish(flags: SensorFlags): Promise<number> {
  const { topic, sensors, seconds, partitions } = flags;
  const source = synthetic({ sensors, seconds, realtime: true });
  const kafka = await connectOrExplain(connectionOf(flags), { mustAnswer: true });
  await withAdmin(kafka, (admin) => requireTopic(admin, topic, partitions));
  const message = await packetEncoder({ ...flags, registry: registryOf(flags.registry), recording: 'synthetic' });
  const out = await openBatchingProducer(kafka, { compression: 'zstd' });
  let packets = 0;
  try {
    await stopOnSignal((signal) => sendAll(source.packets(signal), (packet) => out.send(message(packet)).then(() => void packets++)));
  } finally {
    await out.close();
  }
  return packets;
}
