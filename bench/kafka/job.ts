import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type kafkajs from 'kafkajs';
import { startLocalBroker } from '../../kafka-broker/localBroker.ts';
import { connect, connectionSchema } from '../../src/kafka/client/connection.ts';
import { type Second, mean, outcomeOf, round, steadyPart } from './outcome.ts';
import { type Recorded, fillTopic } from './packets.ts';
import { brokerPid, cpuSecondsOf, rssMbOf } from './processes.ts';
import type { Asked } from './vendors.ts';

export interface JobOptions extends Recorded {
  /** Calls allowed at once, over all three vendors. */
  readonly concurrency: number;
  readonly latencyMs: number;
  /** Shares of the windows, 0 to 1: when so much is answered the pipeline is killed with SIGKILL, and started again. */
  readonly killAt: readonly number[];
  readonly say: (text: string) => void;
}

export type JobResult = Readonly<Record<string, unknown>> & { readonly lost: number; readonly duplicated: number };

const PREFIX = 'job';
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Packets in a broker to captions in the broker, by `saccade run`, as often as it takes. Everything is on this machine. */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { sensors, windows, concurrency, latencyMs, killAt, say } = options;
  const expected = sensors * windows;
  const broker = await startLocalBroker();
  const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
  const admin = kafka.admin();
  const vendors = spawn(process.execPath, [here('vendors.ts'), `${latencyMs}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let pipeline: ChildProcess | undefined;
  try {
    let asked = ((await once(vendors, 'message')) as [Asked])[0];
    await admin.connect();
    await makeTopics(admin, options);
    const bytes = await fillTopic(kafka, `${PREFIX}.packets`, options);
    say(`${expected} windows in ${(bytes / 2 ** 20).toFixed(0)} MiB of packets are in the topic`);

    const start = (): ChildProcess => startPipeline(options, broker.brokers, asked.url);
    const seconds: Second[] = [];
    const killed: { readonly atSecond: number; readonly answered: number }[] = [];
    const began = performance.now();
    const sinceStart = (): number => Math.round((performance.now() - began) / 1000);
    let before = asked;
    pipeline = start();
    vendors.on('message', (now: Asked) => {
      [before, asked] = [asked, now];
      const rssMb = rssMbOf(pipeline!.pid!);
      const second = { second: sinceStart(), answered: now.answered - before.answered, inFlight: Math.round(now.inFlight), rssMb };
      seconds.push(second);
      if (seconds.length % 10 > 0) return;
      const rate = mean(seconds.slice(-10).map(({ answered }) => answered));
      say(`${second.second} s: ${now.answered} answered, ${rate.toFixed(0)}/s, ${second.inFlight} on their way, RSS ${rssMb} MB`);
    });

    for (const share of [...killAt, 1]) {
      while (asked.answered < expected * share) {
        if (pipeline.exitCode !== null) throw new Error(`the pipeline ended by itself with ${pipeline.exitCode}`);
        await sleep(200);
      }
      if (share === 1) continue;
      pipeline.kill('SIGKILL');
      killed.push({ atSecond: sinceStart(), answered: asked.answered });
      say(`kill -9 after ${asked.answered} answers`);
      pipeline = start();
    }
    while ((await uncommitted(admin, options)) > 0) await sleep(200);
    const took = (performance.now() - began) / 1000;
    const cpuSeconds = {
      pipeline: cpuSecondsOf(pipeline.pid!),
      broker: cpuSecondsOf(brokerPid() ?? process.pid),
      vendors: cpuSecondsOf(vendors.pid!),
    };
    pipeline.kill('SIGTERM');
    await once(pipeline, 'exit');
    const { answered, paidTwice, aborted, refused, costUsd } = asked;
    const spent = { answered, paidTwice, aborted, refused, costUsd: round(costUsd) };
    const outcome = await outcomeOf(kafka, admin, PREFIX, expected);
    return { ...outcome, seconds: round(took), ...steadyPart(seconds, concurrency), killed, ...spent, cpuSeconds };
  } finally {
    pipeline?.kill('SIGKILL');
    vendors.disconnect();
    await admin.disconnect();
    await broker.stop();
  }
}

async function makeTopics(admin: kafkajs.Admin, { partitions }: Recorded): Promise<void> {
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.createTopics({
    topics: [
      { topic: `${PREFIX}.packets`, numPartitions: partitions },
      { topic: `${PREFIX}.captions`, numPartitions: partitions },
      { topic: `${PREFIX}.dead`, numPartitions: 1 },
      { topic: `${PREFIX}.ledger`, numPartitions: 4, configEntries },
    ],
    waitForLeaders: true,
  });
}

/** For a look inside: JOB_FLAGS='--cpu-prof' or '--trace-gc'. */
const flags = process.env['JOB_FLAGS']?.split(' ') ?? [];

function startPipeline({ concurrency, windowMs }: JobOptions, brokers: readonly string[], vendors: string): ChildProcess {
  const env = {
    ...process.env,
    JOB_BROKERS: brokers.join(','),
    JOB_PREFIX: PREFIX,
    JOB_VENDORS: vendors,
    JOB_CONCURRENCY: `${concurrency}`,
    JOB_WINDOW_MS: `${windowMs}`,
  };
  const args = [...flags, here('../../src/cli/main.ts'), 'run', here('pipeline.ts'), '--json'];
  return spawn(process.execPath, args, { env, stdio: ['ignore', flags.length > 0 ? 2 : 'ignore', 'inherit'] });
}

/** Packets behind what the group has committed. The last window of each sensor stays open: nothing comes after it that would close it. */
async function uncommitted(admin: kafkajs.Admin, { sensors, partitions }: Recorded): Promise<number> {
  const topic = `${PREFIX}.packets`;
  const [ends, [group]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId: PREFIX, topics: [topic] })]);
  return ends.reduce((sum, { partition, high }) => {
    const committed = Number(group!.partitions.find((one) => one.partition === partition)?.offset ?? 0);
    return sum + Math.max(0, Number(high) - Math.max(0, committed) - sensors / partitions);
  }, 0);
}
