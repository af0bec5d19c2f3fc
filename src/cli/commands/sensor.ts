import { type Command, Option } from 'commander';
import { packetEncoder } from '../../consume/kafka/packetEncoder.ts';
import { synthetic } from '../../consume/sources/synthetic.ts';
import { openBatchingProducer } from '../../kafka/producer/openBatchingProducer.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { ensureTopic } from '../support/ensureTopic.ts';
import { type KafkaFlags, connectionOf, registryOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { stopOnSignal } from '../support/stopOnSignal.ts';

interface SensorFlags extends KafkaFlags {
  topic: string;
  sensors: number;
  seconds: number;
  wire: 'avro' | 'raw';
  registry?: string;
  partitions?: number;
  json?: true;
}

/** Packets on their way to the broker at most; a broker that is slower makes the sensors late. */
const IN_FLIGHT = 256;

/** `sensor --topic T`: simulated event cameras that publish as real ones would. */
export const sensorCommand = (program: Command): void => {
  withKafkaFlags(
    program
      .command('sensor')
      .description('simulated event cameras that publish packets at the pace of real ones, until Ctrl-C')
      .requiredOption('--topic <topic>', 'the topic')
      .option('--sensors <n>', 'how many', Number, 1)
      .option('--seconds <s>', 'end after this long', Number, 1e6)
      .addOption(new Option('--wire <format>', 'Avro, or the bytes with headers').choices(['avro', 'raw']).default('avro'))
      .option('--registry <url>', 'schema registry; without one, Avro is written as single objects')
      .option('--partitions <n>', 'make the topic with this many partitions where it is absent', Number)
      .option('--json', 'print what was done as one JSON object'),
  ).action(async (flags: SensorFlags) => {
    const packets = await publish(flags);
    process.stdout.write(flags.json ? `${JSON.stringify({ packets })}\n` : `${packets} packets in ${flags.topic}\n`);
  });
};

async function publish(flags: SensorFlags): Promise<number> {
  const { topic, sensors, seconds, partitions } = flags;
  const source = synthetic({ sensors, seconds, realtime: true });
  const kafka = await connectOrExplain(connectionOf(flags), { mustAnswer: true });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await ensureTopic(admin, topic, partitions);
  } finally {
    await admin.disconnect();
  }
  const message = await packetEncoder({ ...flags, registry: registryOf(flags.registry), recording: 'synthetic' });
  const out = await openBatchingProducer(kafka, { compression: 'zstd' });
  const { signal, end } = stopOnSignal();
  const flying = new Set<Promise<void>>();
  let packets = 0;
  try {
    for await (const packet of source.packets(signal)) {
      const sending = out.send(message(packet)).then(() => void packets++);
      flying.add(sending);
      sending.finally(() => flying.delete(sending)).catch(() => {});
      if (flying.size >= IN_FLIGHT) await Promise.race(flying);
    }
    await Promise.all(flying);
  } finally {
    end();
    await out.close();
  }
  return packets;
}
