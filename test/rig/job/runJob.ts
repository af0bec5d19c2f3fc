import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Recorded, fillTopic } from '../fillTopic.ts';
import { brokerPid, cpuSecondsOf, rssMibOf } from '../processes.ts';
import { say } from '../report.ts';
import type { RigSettings } from '../rigPipeline.ts';
import { startInstance } from '../startInstance.ts';
import { type Rig, startRig } from '../startRig.ts';
import { type Second, mean, outcomeOf, round, steadyPart } from './outcomeOf.ts';
import type { VendorTotals } from './vendors.ts';

export interface JobOptions extends Recorded {
  /** Calls allowed at once, over all three vendors. */
  readonly concurrency: number;
  readonly latencyMs: number;
  /** Shares of the windows, 0 to 1: when so much is answered the pipeline is killed with SIGKILL, and started again. */
  readonly killAt: readonly number[];
}

export type JobResult = Readonly<Record<string, unknown>> & { readonly lost: number; readonly duplicated: number };

/** For a look inside: JOB_FLAGS='--cpu-prof' or '--trace-gc'. */
const nodeFlags = process.env['JOB_FLAGS']?.split(' ') ?? [];

/** Packets in a broker to captions in the broker, by `saccade run`, as often as it takes. Everything is on this machine. */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { sensors, windows, concurrency, latencyMs, killAt, partitions } = options;
  const expected = sensors * windows;
  const rig = await startRig({
    name: 'job',
    topics: {
      packets: { partitions },
      captions: { partitions },
      dead: { partitions: 1 },
      ledger: { partitions: 4, config: { 'cleanup.policy': 'compact' } },
    },
  });
  const vendors = await startVendors(latencyMs);
  try {
    const bytes = await fillTopic(rig, options);
    say(`${expected} windows in ${(bytes / 2 ** 20).toFixed(0)} MiB of packets are in the topic`);

    const settings = settingsOf(rig, vendors.latest().url, options);
    const killed: { readonly atSecond: number; readonly answered: number }[] = [];
    const began = performance.now();
    const sinceStart = (): number => Math.round((performance.now() - began) / 1000);
    let pipeline = startInstance(settings, { nodeFlags });
    const seconds = watchSeconds(vendors, sinceStart, () => pipeline.pid);

    for (const share of [...killAt, 1]) {
      await Promise.race([pipeline.ended.then((end) => refuse(end, pipeline.stderr())), untilAnswered(vendors, expected * share)]);
      if (share === 1) continue;
      pipeline.signal('SIGKILL');
      const { answered } = vendors.latest();
      killed.push({ atSecond: sinceStart(), answered });
      say(`kill -9 after ${answered} answers`);
      pipeline = startInstance(settings, { nodeFlags });
    }
    while ((await uncommitted(rig, options)) > 0) await sleep(200);
    const took = (performance.now() - began) / 1000;
    const cpuSeconds = {
      pipeline: cpuSecondsOf(pipeline.pid),
      broker: cpuSecondsOf(brokerPid() ?? process.pid),
      vendors: cpuSecondsOf(vendors.pid),
    };
    await pipeline.stop();
    const { answered, paidTwice, aborted, refused, costUsd } = vendors.latest();
    const spent = { answered, paidTwice, aborted, refused, costUsd: round(costUsd) };
    const outcome = await outcomeOf(rig, expected);
    return { ...outcome, seconds: round(took), ...steadyPart(seconds, concurrency), killed, ...spent, cpuSeconds };
  } finally {
    vendors.stop();
    await rig.stop();
  }
}

const settingsOf = ({ broker, prefix }: Rig, simulator: string, { concurrency, windowMs }: JobOptions): RigSettings => {
  const target = { concurrency: concurrency / 3 };
  return {
    name: 'founding',
    brokers: broker.brokers,
    prefix,
    simulator,
    windowMs,
    longSide: 128,
    targets: { gpt4o: target, sonnet: target, gemini: target },
    ledger: {},
    sessionTimeoutMs: 10_000,
    delivery: { lingerMs: 200 },
    gateWindows: concurrency + 400,
  };
};

interface Vendors {
  readonly pid: number;
  readonly latest: () => VendorTotals;
  readonly onTotals: (listener: (now: VendorTotals, before: VendorTotals) => void) => void;
  readonly stop: () => void;
}

async function startVendors(latencyMs: number): Promise<Vendors> {
  const path = fileURLToPath(new URL('vendors.ts', import.meta.url));
  const child = spawn(process.execPath, [path, `${latencyMs}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let [latest] = (await once(child, 'message')) as [VendorTotals];
  const listeners: ((now: VendorTotals, before: VendorTotals) => void)[] = [];
  child.on('message', (now: VendorTotals) => {
    const before = latest;
    latest = now;
    for (const listener of listeners) listener(now, before);
  });
  return {
    pid: child.pid!,
    latest: () => latest,
    onTotals: (listener) => void listeners.push(listener),
    stop: () => child.disconnect(),
  };
}

/** What each second brought, and every ten seconds a line of it. */
function watchSeconds(vendors: Vendors, sinceStart: () => number, pid: () => number): readonly Second[] {
  const seconds: Second[] = [];
  vendors.onTotals((now, before) => {
    const rssMb = Math.round(rssMibOf(pid()));
    const second = { second: sinceStart(), answered: now.answered - before.answered, inFlight: Math.round(now.inFlight), rssMb };
    seconds.push(second);
    if (seconds.length % 10 > 0) return;
    const rate = mean(seconds.slice(-10).map(({ answered }) => answered));
    say(`${second.second} s: ${now.answered} answered, ${rate.toFixed(0)}/s, ${second.inFlight} in flight, RSS ${rssMb} MB`);
  });
  return seconds;
}

async function untilAnswered(vendors: Vendors, count: number): Promise<void> {
  while (vendors.latest().answered < count) await sleep(200);
}

function refuse({ code, signal }: { readonly code: number | null; readonly signal: string | null }, stderr: string): never {
  throw new Error(`the pipeline ended by itself with ${code ?? signal}: ${stderr}`);
}

/** Packets behind what the group has committed. The last window of each sensor stays open: nothing comes after it that would close it. */
async function uncommitted({ admin, prefix }: Rig, { sensors, partitions }: Recorded): Promise<number> {
  const topic = `${prefix}.packets`;
  const [ends, [group]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId: `${prefix}.group`, topics: [topic] }),
  ]);
  return ends.reduce((sum, { partition, high }) => {
    const committed = Number(group!.partitions.find((one) => one.partition === partition)?.offset ?? 0);
    return sum + Math.max(0, Number(high) - Math.max(0, committed) - sensors / partitions);
  }, 0);
}
