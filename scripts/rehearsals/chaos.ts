import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KafkaVersion } from '../../kafka-broker/localBroker.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { printResult, say } from '../../test/rig/report.ts';
import { type RigSettings, rigPipeline } from '../../test/rig/rigPipeline.ts';
import { type Rig, startRig } from '../../test/rig/startRig.ts';
import { type Sensors, WINDOW_MS, nameOf, startSensors } from '../../test/rig/startSensors.ts';
import { type Draw, Fleet } from './chaos/fleet.ts';
import { add, repeatedCalls } from './chaos/repeatedCalls.ts';
import { Timeline } from './chaos/timeline.ts';
import { type WrittenWindows, countWindows, untilWritten, writtenWindows } from './chaos/writtenWindows.ts';

/*
  npm run chaos -- --rounds 20 --json

  Several instances of a pipeline over a real broker, exactly once, while they are killed (-9), asked to end, frozen for
  longer than their session, joined by others and left again, the broker is killed, and the simulated vendors fail.
  At the end: what was expected, against what a reader that reads committed finds.
*/
const SENSORS = 6;

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      kafka: { type: 'string', default: '4.1' },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds);
  const rig = await startRig({ name: 'chaos', kafkaVersion: values.kafka as KafkaVersion, topics });
  const simulator = await startFailingVendors();
  try {
    const timeline = new Timeline();
    const calls = watchCalls(simulator, timeline);
    const settings = settingsOf(rig, simulator);
    const draw = seededDraw(Number(values.seed));
    const fleet = new Fleet(settings, draw);
    const sensors = await startSensors(rig, SENSORS);
    const actions = actionsOn(rig, fleet, sensors, draw);
    const names = (values.only ? values.only.split(',') : Object.keys(actions)) as (keyof typeof actions)[];

    fleet.start();
    await sleep(3000);
    for (let round = 1; round <= rounds; round++) {
      const name = names[draw(names.length)]!;
      say(`round ${round} of ${rounds}: ${name} (${fleet.size} instances, ${sensors.expected.size} windows so far)`);
      timeline.add(name);
      await actions[name]();
      fleet.ensureOne();
      await sleep(500 + draw(1500));
    }
    timeline.add('end');
    await sensors.stop();
    fleet.ensureOne();
    await untilWritten(rig, sensors.expected);
    await fleet.stopAll();

    const written = await writtenWindows(rig);
    const repeated = await repeatedCalls(rig, written.captions, calls.answeredAt, rigPipeline(settings).captioner.plan, timeline);
    const counted = countWindows(sensors.expected, written.counts);
    const { paidTwice, unansweredInFlight } = repeated;
    const { expected, written: writtenTimes, lost, duplicated } = counted;
    printResult({ rounds, expected, written: writtenTimes, lost, duplicated, paidTwice, unansweredInFlight }, values.json);
    sayDuplicates(written);
    say(`paid twice, by what was done before: ${JSON.stringify(repeated.paidTwiceAfter)}`);
    say(`asked again, as no answer was safe: ${JSON.stringify(repeated.unansweredAfter)}`);
    say(`calls abandoned: ${JSON.stringify(calls.abandoned)}; instances that failed: ${fleet.failures}`);
    say(`unexpected windows: ${counted.unexpected}`);
    return lost + duplicated + paidTwice + counted.unexpected > 0 ? 1 : 0;
  } finally {
    await simulator.close();
    await rig.stop();
  }
}

const topics = {
  packets: { partitions: 4 },
  captions: { partitions: 2 },
  dead: { partitions: 1 },
  // The broker's own clock says when an answer was safe, and no answer may be compacted away before it is counted.
  ledger: { partitions: 4, config: { 'message.timestamp.type': 'LogAppendTime' } },
};

const settingsOf = ({ broker, prefix }: Rig, { url }: Simulator): RigSettings => ({
  name: 'chaos',
  brokers: broker.brokers,
  prefix,
  simulator: url,
  windowMs: WINDOW_MS,
  longSide: 64,
  targets: { gpt4o: { weight: 0.6 }, gemini: { weight: 0.4 } },
  ledger: { ownerTimeoutMs: 4000 },
  sessionTimeoutMs: 3000,
  delivery: { transactionTimeoutMs: 10_000 },
  gateWindows: 64,
});

const actionsOn = ({ broker }: Rig, fleet: Fleet, sensors: Sensors, draw: Draw) => ({
  kill: async () => fleet.kill(),
  term: async () => fleet.term(),
  freeze: async () => fleet.freeze(),
  grow: async () => fleet.grow(),
  shrink: async () => fleet.shrink(),
  restartBroker: async () => sensors.silentDuring(async () => broker.restart(draw(2) === 0 ? 'SIGKILL' : 'SIGTERM')),
});

interface Calls {
  /** The calls for each picture that were answered: when each came in, in Unix milliseconds. */
  readonly answeredAt: ReadonlyMap<string, readonly number[]>;
  /** Calls that the client left before they were answered, by what was done last. */
  readonly abandoned: Readonly<Record<string, number>>;
}

function watchCalls({ journal }: Simulator, timeline: Timeline): Calls {
  const answeredAt = new Map<string, number[]>();
  const abandoned: Record<string, number> = {};
  journal.onEntry(({ imageSha256, outcome, atUs }) => {
    if (outcome === 'ok') answeredAt.set(imageSha256, [...(answeredAt.get(imageSha256) ?? []), atUs / 1000]);
    else if (outcome === 'aborted') add(abandoned, timeline.latest());
  });
  return { answeredAt, abandoned };
}

const startFailingVendors = async () =>
  startSimulator({
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

/** The same seed gives the same rounds (a linear congruential generator, as in ANSI C). */
function seededDraw(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

function sayDuplicates({ counts, captions }: WrittenWindows): void {
  for (const { id, sensor, startUs, source, closedBy, events, publishedAtUs, cache } of captions) {
    const name = nameOf(sensor, startUs);
    if (counts.get(name)! < 2) continue;
    const packets = `partition ${source.partition} packets ${source.first} to ${source.end}`;
    say(`twice: ${name} ${id} ${packets}, ${events} events, closed by ${closedBy}, ${cache}, at ${publishedAtUs}`);
  }
}
