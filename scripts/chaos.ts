import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type KafkaVersion, startLocalBroker } from '../kafka-broker/localBroker.ts';
import { requestHash } from '../src/interpret/requestHash.ts';
import { decoder } from '../src/avro/wireFormat.ts';
import { connect, connectionSchema } from '../src/kafka/client/connection.ts';
import { rangesOf, readRanges } from '../src/kafka/consumer/readRange.ts';
import type { CaptionRecord } from '../src/publish/captionRecord.ts';
import { startSimulator } from '../src/sim/simulator.ts';
import type { DeadLetter } from '../src/stage/reject.ts';
import { type Instance, startInstance } from './chaos/instances.ts';
import { WINDOW_MS, nameOf, startRig } from './chaos/rig.ts';

/*
  npm run chaos -- --rounds 20 --json

  Several instances of a pipeline over a real broker, exactly once, while they are killed (-9), asked to end, frozen for
  longer than their session, joined by others and left again, the broker is killed, and the simulated vendors fail.
  At the end: what was expected, against what a reader that reads committed finds.
*/

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    kafka: { type: 'string', default: '4.1' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const say = (text: string): void => void process.stderr.write(`${(performance.now() / 1000).toFixed(1)} s  ${text}\n`);

let seed = Number(values.seed);
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((seed / 0x80000000) * below);
};

const add = (to: Record<string, number>, name: string): void => void (to[name] = (to[name] ?? 0) + 1);

const SENSORS = 6;
const PARTITIONS = 4;
/** When nothing new has been written for so long, nothing will be. */
const PATIENCE_MS = 90_000;

const broker = await startLocalBroker({ version: values.kafka as KafkaVersion });
const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
const prefix = `chaos-${Date.now().toString(36)}`;
const simulator = await startSimulator({
  journalEntries: 0,
  vendors: {
    openai: {
      latency: { p50Ms: 250, p99Ms: 2500 },
      faults: [
        { fault: 'server_error', probability: 0.03 },
        { fault: 'overloaded', probability: 0.02 },
      ],
    },
    gemini: { latency: { p50Ms: 200, p99Ms: 1500 }, faults: [{ fault: 'server_error', probability: 0.03 }] },
  },
});

/** The calls for each picture that were answered: when each came in, in Unix milliseconds. */
const answered = new Map<string, number[]>();
/** What was done, and since when, in Unix milliseconds. */
const deeds: { readonly name: string; readonly atMs: number }[] = [{ name: 'start', atMs: 0 }];
const deedAt = (atMs: number): string => deeds.findLast((deed) => deed.atMs <= atMs)!.name;
/** What a call that was made again is down to: the first thing since the call before it that can part a call from its answer. */
const causeOf = (beforeMs: number, againMs: number): string =>
  deeds.find(({ name, atMs }, n) => /kill|freeze|Broker/.test(name) && atMs <= againMs && (deeds[n + 1]?.atMs ?? Infinity) > beforeMs)
    ?.name ?? deedAt(againMs);
/** Calls that were hung up on, by what was done last. */
const hungUp: Record<string, number> = {};
simulator.journal.onEntry(({ imageSha256, outcome, atUs }) => {
  if (outcome === 'ok') answered.set(imageSha256, [...(answered.get(imageSha256) ?? []), atUs / 1000]);
  else if (outcome === 'aborted') add(hungUp, deeds.at(-1)!.name);
});

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  topics: [
    { topic: `${prefix}.packets`, numPartitions: PARTITIONS },
    { topic: `${prefix}.captions`, numPartitions: 2 },
    { topic: `${prefix}.dead`, numPartitions: 1 },
    // The broker's own clock says when an answer was safe, and no answer may be compacted away before it is counted.
    { topic: `${prefix}.ledger`, numPartitions: 4, configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] },
  ],
  waitForLeaders: true,
});

const environment = {
  CHAOS_BROKERS: broker.brokers.join(','),
  CHAOS_PREFIX: prefix,
  CHAOS_SIMULATOR: simulator.url,
  CHAOS_WINDOW_MS: String(WINDOW_MS),
};
let instances: Instance[] = [];
let failures = 0;

const start = (): void => {
  const instance = startInstance(environment);
  instances.push(instance);
  void instance.ended.then(({ code }) => {
    instances = instances.filter((one) => one !== instance);
    if (code !== null && code !== 0) {
      failures++;
      say(`  instance ${instance.pid} ended with ${code}: ${instance.said().trim()}`);
    }
  });
};
const awake = (): Instance[] => instances.filter((instance) => !instance.isStopped());
const pick = (): Instance | undefined => awake()[random(awake().length)];

const kill = async (): Promise<void> => {
  pick()?.signal('SIGKILL');
  await sleep(random(500));
  start();
};
const term = async (): Promise<void> => {
  const instance = pick();
  instance?.signal('SIGTERM');
  await instance?.ended;
  if (awake().length === 0) start();
};
const freeze = async (): Promise<void> => {
  const instance = pick();
  instance?.signal('SIGSTOP');
  if (awake().length === 0) start();
  await sleep(6500);
  instance?.signal('SIGCONT');
};
const grow = async (): Promise<void> => {
  while (instances.length < 3) start();
  await sleep(3000);
};
const shrink = async (): Promise<void> => {
  const leaving = awake().slice(1);
  for (const instance of leaving) instance.signal('SIGTERM');
  await Promise.all(leaving.map(async ({ ended }) => ended));
};
const restartBroker = async (): Promise<void> => rig.during(async () => broker.restart(random(2) === 0 ? 'SIGKILL' : 'SIGTERM'));

const actions = { kill, term, freeze, grow, shrink, restartBroker };
const names = values.only ? (values.only.split(',') as (keyof typeof actions)[]) : (Object.keys(actions) as (keyof typeof actions)[]);

const rig = await startRig(kafka, `${prefix}.packets`, SENSORS);
start();
await sleep(3000);
for (let round = 1; round <= rounds; round++) {
  const name = names[random(names.length)]!;
  say(`round ${round} of ${rounds}: ${name} (${instances.length} instances, ${rig.expected.size} windows so far)`);
  deeds.push({ name, atMs: Date.now() });
  await actions[name]();
  if (awake().length === 0) start();
  await sleep(500 + random(1500));
}
deeds.push({ name: 'end', atMs: Date.now() });
await rig.stop();
if (awake().length === 0) start();

/** Every committed value of a topic. */
async function valuesOf<Value>(topic: string, read: (bytes: Buffer) => Value | Promise<Value>): Promise<Value[]> {
  const found: Value[] = [];
  await readRanges(kafka, topic, await rangesOf(admin, topic), async ({ value }) => {
    if (value) found.push(await read(value));
  });
  return found;
}
const readCaption = decoder<CaptionRecord>('caption', 'single-object', undefined);
const readLetter = decoder<DeadLetter>('dead-letter', 'single-object', undefined);

let counts = new Map<string, number>();
let captions: CaptionRecord[] = [];
const readAll = async (): Promise<void> => {
  counts = new Map();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  captions = await valuesOf(`${prefix}.captions`, readCaption);
  for (const { sensor, startUs } of captions) count(nameOf(sensor, startUs));
  for (const { sensor, start: startUs, position } of await valuesOf(`${prefix}.dead`, readLetter)) {
    count(startUs === null ? `packet ${position.partition}/${position.first}` : nameOf(sensor, startUs));
  }
};
const isComplete = (): boolean => [...rig.expected].every((name) => counts.has(name));
for (let before = -1, calmSince = performance.now(); performance.now() - calmSince < PATIENCE_MS;) {
  await sleep(3000);
  await readAll();
  say(`reading: ${counts.size} of ${rig.expected.size}`);
  if (isComplete()) break;
  if (counts.size > before) calmSince = performance.now();
  before = counts.size;
}
for (const instance of instances) instance.signal('SIGTERM');
await Promise.all(instances.map(async ({ ended }) => ended));
await readAll();

/** When the first answer to each request was safe in the ledger, and when each call was claimed, in Unix milliseconds of the broker. */
const safeAt = new Map<string, number>();
const claimedAt = new Map<string, number[]>();
await readRanges(kafka, `${prefix}.ledger`, await rangesOf(admin, `${prefix}.ledger`), ({ key, value, timestamp }) => {
  const name = key?.toString() ?? '';
  const atMs = Number(timestamp);
  if (/^[0-9a-f]{64}$/.test(name)) safeAt.set(name, Math.min(safeAt.get(name) ?? Infinity, atMs));
  else if (name.startsWith('intent ') && value?.includes('"id"')) {
    const hash = name.slice('intent '.length);
    claimedAt.set(hash, [...(claimedAt.get(hash) ?? []), atMs]);
  }
});

Object.assign(process.env, environment);
const { targets } = (await import('./chaos/pipeline.ts')).default.captioner.plan;
/*
  Asked again although an answer was safe: that is paying twice. Asked again because none was when the call was claimed: it
  was in flight with a process that was killed or frozen. One that thaws may bring its answer when another has claimed the
  call, and is about to make it; the answer must be read by the other within CROSSING_MS.
*/
const CROSSING_MS = 1000;
let paidTwice = 0;
let unansweredInFlight = 0;
const twiceAfter: Record<string, number> = {};
const againAfter: Record<string, number> = {};
for (const { id, frame, promptHash } of captions) {
  const times = ((frame && answered.get(frame.sha256)) ?? []).toSorted((one, two) => one - two);
  if (!frame || times.length < 2) continue;
  const asked = { image: { sha256: frame.sha256 }, prompt: { hash: promptHash } } as Parameters<typeof requestHash>[0];
  const hashes = targets.map((target) => requestHash(asked, target));
  const safe = Math.min(...hashes.map((hash) => safeAt.get(hash) ?? Infinity));
  const claims = hashes.flatMap((hash) => claimedAt.get(hash) ?? []);
  const isTwice = (time: number): boolean => Math.max(...claims.filter((atMs) => atMs <= time)) > safe || time > safe + CROSSING_MS;
  const cause = causeOf(times[0]!, times.at(-1)!);
  if (times.slice(1).some(isTwice)) {
    paidTwice++;
    add(twiceAfter, cause);
  } else {
    unansweredInFlight++;
    add(againAfter, cause);
    if (times.at(-1)! <= safe) continue;
  }
  const since = (all: readonly number[]): string => all.map((ms) => Math.round(ms - times[0]!)).join(', ');
  say(`${id}: calls at ${since(times)} ms, claims at ${since(claims)} ms, safe at ${since([safe])} ms, ${cause}`);
}
const lost = [...rig.expected].filter((name) => !counts.has(name));
for (const [name, times] of counts) {
  if (times < 2) continue;
  const twins = captions.filter(({ sensor, startUs }) => nameOf(sensor, startUs) === name);
  for (const { id, source, closedBy, events, publishedAtUs, cache } of twins) {
    say(
      `twice: ${name} ${id} partition ${source.partition} packets ${source.first} to ${source.end}, ${events} events, closed by ${closedBy}, ${cache}, at ${publishedAtUs}`,
    );
  }
}
const unexpected = [...counts.keys()].filter((name) => !rig.expected.has(name)).length;
const result = {
  rounds,
  expected: rig.expected.size,
  written: [...counts.values()].reduce((sum, times) => sum + times, 0),
  lost: lost.length,
  duplicated: [...counts.values()].filter((times) => times > 1).length,
  paidTwice,
  unansweredInFlight,
};
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
say(
  `paid twice, by what was done before: ${JSON.stringify(twiceAfter)}; asked again, as no answer was safe: ${JSON.stringify(againAfter)}`,
);
say(`calls hung up on: ${JSON.stringify(hungUp)}; unexpected windows: ${unexpected}; instances that failed: ${failures}`);
if (lost.length > 0) say(`lost: ${lost.slice(0, 20).join(', ')}`);
await admin.disconnect();
await simulator.close();
await broker.stop();
process.exit(result.lost + result.duplicated + result.paidTwice + unexpected > 0 ? 1 : 0);
