import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../kafka-broker/freePort.ts';
import { type KafkaVersion, startLocalBroker } from '../kafka-broker/localBroker.ts';
import { decoder } from '../src/avro/wireFormat.ts';
import { connect, connectionSchema } from '../src/kafka/client/connection.ts';
import { rangesOf, readRanges } from '../src/kafka/consumer/readRange.ts';
import type { CaptionRecord } from '../src/publish/captionRecord.ts';
import type { FaultRule } from '../src/sim/simulatorOptions.ts';
import { startSimulator } from '../src/sim/simulator.ts';
import { WINDOW_MS, nameOf, startRig } from './chaos/rig.ts';

/*
  npm run stall -- --minutes 60 --json

  All vendors stop answering for so long while packets go on coming in: over a real broker, exactly once, with
  `saccade run` as a user runs it. Each kind of outage lasts an equal part of the time; the last one is what is recovered from.
  Watched meanwhile: memory each second, how often the group was put together, and after the end the time to full rate.
*/

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    kinds: { type: 'string', default: 'unavailable,reset,stall' },
    session: { type: 'string', default: '30000' },
    sensors: { type: 'string', default: '3' },
    drain: { type: 'string', default: '10' },
    kafka: { type: 'string', default: '4.1' },
    json: { type: 'boolean', default: false },
  },
});
const stallMs = Number(values.minutes) * 60_000;
const kinds = values.kinds.split(',') as FaultRule['fault'][];
const say = (text: string): void => void process.stderr.write(`${(performance.now() / 1000).toFixed(1)} s  ${text}\n`);

const VENDORS = ['openai', 'gemini'];
/** Of each vendor; with the latency they are the full rate: 27 captions a second, a little less than what comes in. */
const CONCURRENCY = 4;
const LATENCY_MS = 300;
const BEFORE_MS = 40_000;
const AFTER_MS = 60_000;

const broker = await startLocalBroker({ version: values.kafka as KafkaVersion });
const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
const prefix = `stall-${Date.now().toString(36)}`;
const vendor = { latency: LATENCY_MS };
const simulator = await startSimulator({ journalEntries: 0, vendors: { openai: vendor, gemini: vendor } });
const answeredAt: number[] = [];
const answered = new Map<string, number>();
simulator.journal.onEntry(({ outcome, imageSha256 }) => {
  if (outcome !== 'ok') return;
  answeredAt.push(performance.now());
  answered.set(imageSha256, (answered.get(imageSha256) ?? 0) + 1);
});
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  topics: [
    { topic: `${prefix}.packets`, numPartitions: 2 },
    { topic: `${prefix}.captions`, numPartitions: 2 },
    { topic: `${prefix}.dead`, numPartitions: 1 },
  ],
  waitForLeaders: true,
});

const metricsPort = await freePort();
const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
const pipeline = new URL('./stall/pipeline.ts', import.meta.url).pathname;
const child = spawn(process.execPath, [main, 'run', pipeline, '--json', '--drain', '25', '--metrics', String(metricsPort)], {
  env: {
    ...process.env,
    NODE_NO_WARNINGS: '1',
    STALL_BROKERS: broker.brokers.join(','),
    STALL_PREFIX: prefix,
    STALL_SIMULATOR: simulator.url,
    STALL_CONCURRENCY: String(CONCURRENCY),
    STALL_WINDOW_MS: String(WINDOW_MS),
    STALL_SESSION_MS: values.session,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.on('exit', () => child.kill('SIGKILL'));
const ended = once(child, 'exit');

/** Memory of the pipeline in MiB, from the beginning, each second. */
const rss: { readonly at: number; readonly mib: number }[] = [];
const sampling = setInterval(() => {
  void readFile(`/proc/${child.pid}/status`, 'utf8').then(
    (status) => rss.push({ at: performance.now(), mib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 }),
    () => {},
  );
}, 1000);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** The committed captions and dead letters by window. */
const readCaption = decoder<CaptionRecord>('caption', 'single-object', undefined);
async function written(): Promise<{ counts: Map<string, number>; letters: number; longestRoute: number }> {
  const counts = new Map<string, number>();
  let [letters, longestRoute] = [0, 0];
  await readRanges(kafka, `${prefix}.captions`, await rangesOf(admin, `${prefix}.captions`), async ({ value }) => {
    const { sensor, startUs, route } = await readCaption(value!);
    longestRoute = Math.max(longestRoute, route.length);
    counts.set(nameOf(sensor, startUs), (counts.get(nameOf(sensor, startUs)) ?? 0) + 1);
  });
  await readRanges(kafka, `${prefix}.dead`, await rangesOf(admin, `${prefix}.dead`), () => void letters++);
  return { counts, letters, longestRoute };
}

const rig = await startRig(kafka, `${prefix}.packets`, Number(values.sensors));
while (answeredAt.length === 0) await sleep(100);
await sleep(BEFORE_MS);
const joinsBefore = await metric('saccade_group_joins_total');

const stalledAt = performance.now();
for (const kind of kinds) {
  say(`all vendors: ${kind}, for ${(stallMs / kinds.length / 1000).toFixed(0)} s`);
  for (const name of VENDORS) simulator.change(name, { faults: [{ fault: kind }] });
  await sleep(stallMs / kinds.length);
  const [windows, joins] = [await metric('saccade_gate_windows'), await metric('saccade_group_joins_total')];
  say(`memory ${rss.at(-1)?.mib.toFixed(0)} MiB, ${windows} windows on their way, ${joins - joinsBefore} rebalances`);
}
for (const name of VENDORS) simulator.change(name, { faults: [] });
const backAt = performance.now();
const backlog = rig.expected.size - answered.size;
say(`vendors are back; ${backlog} windows behind`);
await sleep(AFTER_MS);
const rebalances = (await metric('saccade_group_joins_total')) - joinsBefore;
await rig.stop();
for (const name of VENDORS) simulator.change(name, { latency: 0 });
const drainUntil = performance.now() + Number(values.drain) * 60_000;
say(`no more packets; ${rig.expected.size - answered.size} windows to go, without latency`);
while (answered.size < rig.expected.size && performance.now() < drainUntil) await sleep(1000);
await sleep(2000);
child.kill('SIGTERM');
const [exitCode] = (await ended) as [number | null];
clearInterval(sampling);
const { counts, letters, longestRoute } = await written();

/** Answers per second between two moments. */
const rateOf = (from: number, to: number): number => answeredAt.filter((at) => at > from && at <= to).length / ((to - from) / 1000);
const fullRate = rateOf(stalledAt - BEFORE_MS / 2, stalledAt);
let toFullRateMs = 1000;
while (toFullRateMs < AFTER_MS && rateOf(backAt + toFullRateMs - 1000, backAt + toFullRateMs) < 0.9 * fullRate) toFullRateMs += 100;
/** From then on. */
const steadyRate = rateOf(backAt + toFullRateMs, backAt + AFTER_MS);

const during = rss.filter(({ at }) => at > stalledAt && at <= backAt);
// The first moments of an outage are those of the traffic before: what was on its way goes.
const settled = during.filter(({ at }) => at > stalledAt + Math.min(60_000, stallMs / 4)).map(({ mib }) => mib);
const sorted = settled.toSorted((a, b) => a - b);
const median = sorted[sorted.length >> 1]!;
const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
const round = (value: number): number => Math.round(value * 10) / 10;
const result = {
  minutes: Number(values.minutes),
  kinds,
  sessionMs: Number(values.session),
  rssMib: {
    atStart: round(during[0]?.mib ?? 0),
    median: round(median),
    min: round(sorted[0]!),
    max: round(sorted.at(-1)!),
    firstTenth: round(mean(settled.slice(0, Math.ceil(settled.length / 10)))),
    lastTenth: round(mean(settled.slice(-Math.ceil(settled.length / 10)))),
  },
  rssPercentOfMedian: { below: round((1 - sorted[0]! / median) * 100), above: round((sorted.at(-1)! / median - 1) * 100) },
  rebalances,
  backlog,
  fullRate: round(fullRate),
  firstAnswerMs: Math.round((answeredAt.find((at) => at > backAt) ?? Infinity) - backAt),
  toFullRateMs,
  rateFromThenOn: round(steadyRate),
  expected: rig.expected.size,
  written: [...counts.values()].reduce((sum, times) => sum + times, 0),
  drained: counts.size + letters >= rig.expected.size,
  /** Neither captioned nor a dead letter. */
  lost: [...rig.expected].filter((name) => !counts.has(name)).length - letters,
  duplicated: [...counts.values()].filter((times) => times > 1).length,
  deadLetters: letters,
  longestRoute,
  askedTwice: [...answered.values()].filter((times) => times > 1).length,
  exitCode,
};
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
await admin.disconnect();
await simulator.close();
await broker.stop();
process.exit(result.lost + result.duplicated + result.deadLetters + rebalances > 0 || exitCode !== 0 ? 1 : 0);
