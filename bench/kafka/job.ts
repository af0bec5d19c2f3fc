import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startLocalBroker } from '../../kafka-broker/localBroker.ts';
import { decoder } from '../../src/kafka/avroWire.ts';
import { connect, connectionSchema } from '../../src/kafka/connection.ts';
import { rangesOf, readRanges } from '../../src/kafka/readRange.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { type Recorded, fillTopic } from './packets.ts';
import type { Asked } from './vendors.ts';

export interface JobOptions extends Recorded {
  /** Calls allowed at once, over all three vendors. */
  readonly concurrency: number;
  readonly latencyMs: number;
  /** Shares of the windows, 0 to 1: when so much is written the pipeline is killed with SIGKILL, and started again. */
  readonly killAt: readonly number[];
  readonly say: (text: string) => void;
}

/** One second of the run. */
export interface Second {
  readonly second: number;
  readonly answered: number;
  readonly inFlight: number;
  readonly rssMb: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Packets in a broker to captions in the broker, by `saccade run`, as often as it takes. Everything is on this machine. */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { sensors, windows, windowMs, concurrency, latencyMs, partitions, killAt, say } = options;
  const expected = sensors * windows;
  const broker = await startLocalBroker();
  const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
  const admin = kafka.admin();
  await admin.connect();
  const prefix = 'job';
  const compact = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.createTopics({
    topics: [
      { topic: `${prefix}.packets`, numPartitions: partitions },
      { topic: `${prefix}.captions`, numPartitions: partitions },
      { topic: `${prefix}.dead`, numPartitions: 1 },
      { topic: `${prefix}.ledger`, numPartitions: 4, configEntries: compact },
    ],
    waitForLeaders: true,
  });
  const bytes = await fillTopic(kafka, `${prefix}.packets`, options);
  say(`${expected} windows in ${(bytes / 2 ** 20).toFixed(0)} MiB of packets are in the topic`);

  const vendors = spawn(process.execPath, [here('vendors.ts'), `${latencyMs}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let asked = ((await once(vendors, 'message')) as [Asked])[0];
  const env = {
    ...process.env,
    JOB_BROKERS: broker.brokers.join(','),
    JOB_PREFIX: prefix,
    JOB_VENDORS: asked.url,
    JOB_CONCURRENCY: `${concurrency}`,
    JOB_WINDOW_MS: `${windowMs}`,
    NODE_NO_WARNINGS: '1',
  };
  const startPipeline = (): ChildProcess =>
    spawn(process.execPath, [...profile(), here('../../src/cli/main.ts'), 'run', here('pipeline.ts'), '--json'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });

  const seconds: Second[] = [];
  const kills = [...killAt];
  const killed: { readonly atSecond: number; readonly written: number }[] = [];
  const began = performance.now();
  let pipeline = startPipeline();
  let before = 0;
  vendors.on('message', (now: Asked) => {
    asked = now;
    const second = Math.round((performance.now() - began) / 1000);
    seconds.push({ second, answered: now.answered - before, inFlight: Math.round(now.inFlight), rssMb: rssMbOf(pipeline.pid!) });
    before = now.answered;
    const last = seconds.slice(-10);
    if (second % 10 === 0)
      say(
        `${second} s: ${now.answered} answered, ${mean(last.map(({ answered }) => answered)).toFixed(0)}/s, ${seconds.at(-1)!.inFlight} on their way, RSS ${seconds.at(-1)!.rssMb} MB`,
      );
  });
  for (let written = 0; ; await sleep(500)) {
    // Markers of transactions count too: enough to tell that the end is near, and never below the truth.
    if (asked.answered < expected * Math.min(1, kills[0] ?? 1)) {
      if (pipeline.exitCode !== null) throw new Error(`the pipeline ended by itself with ${pipeline.exitCode}`);
      continue;
    }
    if (kills.length > 0) {
      kills.shift();
      pipeline.kill('SIGKILL');
      killed.push({ atSecond: Math.round((performance.now() - began) / 1000), written: asked.answered });
      say(`kill -9 after ${asked.answered} answers`);
      pipeline = startPipeline();
      continue;
    }
    const lag = await lagOf();
    if (lag === 0) break;
    if (lag !== written) say(`${lag} packets are not committed yet`);
    written = lag;
  }
  const took = (performance.now() - began) / 1000;
  const usage = cpuOf({ broker: javaChild(), pipeline: pipeline.pid!, vendors: vendors.pid! });
  pipeline.kill('SIGTERM');
  await once(pipeline, 'exit');
  await sleep(1500);

  async function lagOf(): Promise<number> {
    const [ends, committed] = await Promise.all([
      admin.fetchTopicOffsets(`${prefix}.packets`),
      admin.fetchOffsets({ groupId: prefix, topics: [`${prefix}.packets`] }),
    ]);
    return ends.reduce((sum, { partition, high }) => {
      const found = committed[0]!.partitions.find((one) => one.partition === partition);
      // The last window of each sensor stays open: nothing comes after it that would close it.
      return sum + Math.max(0, Number(high) - Math.max(0, Number(found?.offset ?? 0)) - sensors / partitions);
    }, 0);
  }
  try {
    return { ...(await outcome()), seconds: round(took), ...ofSeconds(seconds, concurrency), killed, ...usage, ...spent() };
  } finally {
    vendors.disconnect();
    await admin.disconnect();
    await broker.stop();
  }

  function spent() {
    const { answered, paidTwice, aborted, refused, costUsd } = asked;
    return { answered, paidTwice, aborted, refused, costUsd: round(costUsd) };
  }
  /** What a reader finds that reads committed. */
  async function outcome() {
    const read = decoder<CaptionRecord>('caption', 'single-object', undefined);
    const ids = new Map<string, number>();
    const perTenSeconds = new Map<number, number>();
    let written = 0;
    let fromLedger = 0;
    await readRanges(kafka, `${prefix}.captions`, await rangesOf(admin, `${prefix}.captions`), async ({ value }) => {
      if (!value) return;
      const { id, publishedAtUs, cache } = await read(value);
      written++;
      if (cache === 'ledger') fromLedger++;
      ids.set(id, (ids.get(id) ?? 0) + 1);
      const bin = Math.floor(publishedAtUs / 10_000_000);
      perTenSeconds.set(bin, (perTenSeconds.get(bin) ?? 0) + 1);
    });
    const dead = (await rangesOf(admin, `${prefix}.dead`)).reduce((sum, { first, end }) => sum + end - first, 0);
    const bins = [...perTenSeconds.keys()].toSorted((a, b) => a - b);
    const rates = bins.slice(1, -1).map((bin) => perTenSeconds.get(bin)! / 10);
    return {
      expected,
      written,
      lost: expected - ids.size,
      duplicated: [...ids.values()].filter((times) => times > 1).length,
      deadRecordsAndMarkers: dead,
      fromLedger,
      captionsPerSecond: { mean: round(mean(rates)), lowestOfTenSeconds: round(Math.min(...rates)) },
    };
  }
}

const profile = (): string[] => (process.env['JOB_PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['JOB_PROFILE']}`] : []);

export type JobResult = Record<string, unknown>;

/** Of the steady part: without the first ten seconds, and up to where the last windows are on their way. */
function ofSeconds(seconds: readonly Second[], concurrency: number) {
  const busy = seconds.filter(({ answered }) => answered > 0).slice(10, -5);
  const rss = busy.map(({ rssMb }) => rssMb);
  const tenth = Math.max(1, Math.floor(rss.length / 10));
  return {
    answersPerSecond: round(mean(busy.map(({ answered }) => answered))),
    concurrencyUsed: round(mean(busy.map(({ inFlight }) => inFlight)) / concurrency),
    rssMb: {
      first: round(mean(rss.slice(0, tenth))),
      middle: round(mean(rss.slice(4 * tenth, 5 * tenth))),
      last: round(mean(rss.slice(-tenth))),
      highest: Math.max(...rss),
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const round = (value: number): number => Math.round(value * 1000) / 1000;

function rssMbOf(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function javaChild(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return Number(children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('java')));
}

/** Processor seconds of each process since its start. */
function cpuOf(pids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return [`cpuSeconds_${name}`, (Number(fields[11]) + Number(fields[12])) / 100];
    }),
  );
}
