import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../../kafka-broker/freePort.ts';
import type { KafkaVersion } from '../../kafka-broker/localBroker.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import type { FaultRule } from '../../src/sim/options/simulatorOptions.ts';
import { printResult, say } from '../../test/rig/report.ts';
import type { RigSettings } from '../../test/rig/rigPipeline.ts';
import { startInstance } from '../../test/rig/startInstance.ts';
import { type Rig, startRig } from '../../test/rig/startRig.ts';
import { WINDOW_MS, startSensors } from '../../test/rig/startSensors.ts';
import { outcomeOf } from './stall/outcome.ts';
import { type Answers, memoryIn, recoveryOf, watchAnswers, watchMemory } from './stall/watch.ts';

/*
  npm run rehearse -- stall --minutes 60 --json

  All vendors stop answering for so long while packets go on coming in: over a real broker, exactly once, with
  `saccade run` as a user runs it. Each kind of outage lasts an equal part of the time; the last one is what is recovered from.
  Watched meanwhile: memory each second, how often the group was rebalanced, and after the end the time to full rate.
*/
const VENDORS = ['openai', 'gemini'];
/** Of each vendor; with the latency they are the full rate: 27 captions a second, a little less than what comes in. */
const CONCURRENCY = 4;
const LATENCY_MS = 300;
const BEFORE_MS = 40_000;
const AFTER_MS = 60_000;

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
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
  const [minutes, sessionMs] = [Number(values.minutes), Number(values.session)];
  const kinds = values.kinds.split(',') as FaultRule['fault'][];
  const rig = await startRig({
    name: 'stall',
    kafkaVersion: values.kafka as KafkaVersion,
    topics: { packets: { partitions: 2 }, captions: { partitions: 2 }, dead: { partitions: 1 } },
  });
  const vendor = { latency: LATENCY_MS };
  const simulator = await startSimulator({ journalEntries: 0, vendors: { openai: vendor, gemini: vendor } });
  try {
    const answers = watchAnswers(simulator);
    const metricsPort = await freePort();
    const instance = startInstance(settingsOf(rig, simulator, sessionMs), { flags: ['--metrics', String(metricsPort)] });
    const memory = watchMemory(instance.pid);
    const sensors = await startSensors(rig, Number(values.sensors));
    while (answers.times.length === 0) await sleep(100);
    await sleep(BEFORE_MS);
    const joinsBefore = await metricOf(metricsPort, 'saccade_group_joins_total');
    const rebalancesSince = async (): Promise<number> => (await metricOf(metricsPort, 'saccade_group_joins_total')) - joinsBefore;

    const stalledMs = performance.now();
    for (const kind of kinds) {
      const forMs = (minutes * 60_000) / kinds.length;
      say(`all vendors: ${kind}, for ${(forMs / 1000).toFixed(0)} s`);
      changeVendors(simulator, { faults: [{ fault: kind }] });
      await sleep(forMs);
      const windows = await metricOf(metricsPort, 'saccade_gate_windows');
      say(`memory ${memory.samples.at(-1)?.mib.toFixed(0)} MiB, ${windows} windows in flight, ${await rebalancesSince()} rebalances`);
    }
    changeVendors(simulator, { faults: [] });
    const backMs = performance.now();
    const backlog = sensors.expected.size - answers.byImage.size;
    say(`vendors are back; ${backlog} windows behind`);
    await sleep(AFTER_MS);
    const rebalances = await rebalancesSince();
    await sensors.stop();
    await drain(simulator, answers, sensors.expected.size, Number(values.drain) * 60_000);
    const exitCode = await instance.stop();
    if (exitCode !== 0) say(`the pipeline ended with ${exitCode}: ${instance.stderr()}`);
    memory.stop();

    const { rssMib, rssPercentOfMedian } = memoryIn(memory.samples, stalledMs, backMs);
    const { fullRate, ...recovery } = recoveryOf(answers.times, { beforeMs: BEFORE_MS, stalledMs, backMs, afterMs: AFTER_MS });
    const outcome = await outcomeOf(rig, sensors.expected);
    const askedTwice = [...answers.byImage.values()].filter((times) => times > 1).length;
    const during = { minutes, kinds, sessionMs, rssMib, rssPercentOfMedian, rebalances, backlog, fullRate };
    printResult({ ...during, ...recovery, ...outcome, askedTwice, exitCode }, values.json);
    return outcome.lost + outcome.duplicated + outcome.deadLetters + rebalances > 0 || exitCode !== 0 ? 1 : 0;
  } finally {
    await simulator.close();
    await rig.stop();
  }
}

/** Defaults everywhere but for the calls at once, which make the full rate known. */
function settingsOf({ broker, prefix }: Rig, { url }: Simulator, sessionTimeoutMs: number): RigSettings {
  const target = { weight: 0.5, concurrency: CONCURRENCY };
  return {
    name: 'stall',
    brokers: broker.brokers,
    prefix,
    simulator: url,
    windowMs: WINDOW_MS,
    longSide: 128,
    targets: { gpt4o: target, gemini: target },
    ledger: {},
    sessionTimeoutMs,
  };
}

function changeVendors(simulator: Simulator, change: Parameters<Simulator['change']>[1]): void {
  for (const name of VENDORS) simulator.change(name, change);
}

async function metricOf(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** Waits until the windows that are left are answered, by vendors that now answer at once. */
async function drain(simulator: Simulator, answers: Answers, expected: number, limitMs: number): Promise<void> {
  changeVendors(simulator, { latency: 0 });
  say(`no more packets; ${expected - answers.byImage.size} windows to go, without latency`);
  const until = performance.now() + limitMs;
  while (answers.byImage.size < expected && performance.now() < until) await sleep(1000);
  await sleep(2000);
}
