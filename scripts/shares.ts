import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLocalBroker } from '../kafka-broker/localBroker.ts';
import { connect, connectionSchema } from '../src/kafka/client/connection.ts';
import { startSimulator } from '../src/sim/simulator.ts';
import { type Instance, startInstance } from './chaos/instances.ts';
import { WINDOW_MS, startRig } from './chaos/rig.ts';

/*
  npm run shares -- --json

  One instance, then three, then one, over a real broker, against a vendor with a quota for all of them; more windows come in
  than the quota allows. How much of the quota was used, and how often the vendor had to refuse. `--learned`: nobody is
  told the quota, the vendor's headers teach it.
*/

const { values } = parseArgs({
  options: {
    rpm: { type: 'string', default: '1800' },
    seconds: { type: 'string', default: '40' },
    burst: { type: 'string', default: '2000' },
    learned: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const requestsPerMinute = Number(values.rpm);
const phaseMs = Number(values.seconds) * 1000;
/** Starting and ending take so long; what is used is measured after it. */
const SETTLE_MS = 15_000;
const say = (text: string): void => void process.stderr.write(`${(performance.now() / 1000).toFixed(1)} s  ${text}\n`);

const broker = await startLocalBroker();
const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
const prefix = `shares-${Date.now().toString(36)}`;
const simulator = await startSimulator({
  journalEntries: 0,
  vendors: { openai: { latency: { p50Ms: 300, p99Ms: 1500 }, quota: { requestsPerMinute, burstMs: Number(values.burst) } } },
});
const takenAt: number[] = [];
const refusedAt: number[] = [];
simulator.journal.onEntry(({ status, atUs }) => void (status === 429 ? refusedAt : takenAt).push(atUs / 1000 - performance.timeOrigin));
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  topics: [
    { topic: `${prefix}.packets`, numPartitions: 4 },
    { topic: `${prefix}.captions`, numPartitions: 2 },
    { topic: `${prefix}.dead`, numPartitions: 1 },
  ],
  waitForLeaders: true,
});
const environment = {
  SHARES_BROKERS: broker.brokers.join(','),
  SHARES_PREFIX: prefix,
  SHARES_SIMULATOR: simulator.url,
  SHARES_STATED: values.learned ? '0' : String(requestsPerMinute),
  SHARES_WINDOW_MS: String(WINDOW_MS),
};
const pipeline = new URL('./shares/pipeline.ts', import.meta.url).pathname;
const start = (): Instance => startInstance(environment, pipeline);
const stop = async (instance: Instance): Promise<void> => {
  instance.signal('SIGTERM');
  await instance.ended;
};

const rig = await startRig(kafka, `${prefix}.packets`, 12);
const first = start();
while (takenAt.length === 0) await sleep(50);

interface Phase {
  readonly instances: number;
  /** Calls taken, in percent of what the quota allows in the time; 0 to 100 but for what was saved up. */
  readonly usedPercent: number;
  readonly refused: number;
}

async function phase(instances: number, from = performance.now()): Promise<Phase> {
  await sleep(SETTLE_MS);
  const settledAt = performance.now();
  await sleep(phaseMs);
  const now = performance.now();
  const taken = takenAt.filter((at) => at > settledAt && at <= now).length;
  const usedPercent = Math.round((taken / ((requestsPerMinute * (now - settledAt)) / 60_000)) * 1000) / 10;
  const refused = refusedAt.filter((at) => at > from && at <= now).length;
  say(`${instances} instances: ${usedPercent} % used, ${refused} refused`);
  return { instances, usedPercent, refused };
}

const phases = [await phase(1, 0)];
const grownAt = performance.now();
const others = [start(), start()];
phases.push(await phase(3, grownAt));
const shrunkAt = performance.now();
await Promise.all(others.map(stop));
phases.push(await phase(1, shrunkAt));
await rig.stop();
await stop(first);

const result = {
  requestsPerMinute,
  burstMs: Number(values.burst),
  learned: values.learned,
  phases,
  taken: takenAt.length,
  refused: refusedAt.length,
};
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
await admin.disconnect();
await simulator.close();
await broker.stop();
process.exit(!values.learned && refusedAt.length > 0 ? 1 : 0);
