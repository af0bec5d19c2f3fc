import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { printResult, say } from '../../test/rig/report.ts';
import type { RigSettings } from '../../test/rig/rigPipeline.ts';
import { startInstance } from '../../test/rig/startInstance.ts';
import { type Rig, startRig } from '../../test/rig/startRig.ts';
import { WINDOW_MS, startSensors } from '../../test/rig/startSensors.ts';

/*
  npm run rehearse -- shares --json

  One instance, then three, then one, over a real broker, against a vendor with a quota for all of them; more windows come in
  than the quota allows. How much of the quota was used, and how often the vendor had to refuse. With `--learned` the quota
  is not configured: the vendor's headers teach it.
*/
const SENSORS = 12;
/** Starting and ending take so long; what is used is measured after it. */
const SETTLE_MS = 15_000;

interface Phase {
  readonly instances: number;
  /** Calls taken, in percent of what the quota allows in the time; above 100 only by what was saved up. */
  readonly usedPercent: number;
  readonly refused: number;
}

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rpm: { type: 'string', default: '1800' },
      seconds: { type: 'string', default: '40' },
      burst: { type: 'string', default: '2000' },
      learned: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const requestsPerMinute = Number(values.rpm);
  const burstMs = Number(values.burst);
  const rig = await startRig({
    name: 'shares',
    topics: { packets: { partitions: 4 }, captions: { partitions: 2 }, dead: { partitions: 1 } },
  });
  const simulator = await startSimulator({
    journalEntries: 0,
    vendors: { openai: { latency: { p50Ms: 300, p99Ms: 1500 }, quota: { requestsPerMinute, burstMs } } },
  });
  try {
    const calls = watchCalls(simulator);
    const settings = settingsOf(rig, simulator, values.learned ? {} : { limits: { requestsPerMinute } });
    const phase = async (instances: number, fromMs: number): Promise<Phase> => {
      await sleep(SETTLE_MS);
      const settledMs = performance.now();
      await sleep(Number(values.seconds) * 1000);
      const nowMs = performance.now();
      const taken = calls.takenAt.filter((at) => at > settledMs && at <= nowMs).length;
      const usedPercent = Math.round((taken / ((requestsPerMinute * (nowMs - settledMs)) / 60_000)) * 1000) / 10;
      const refused = calls.refusedAt.filter((at) => at > fromMs && at <= nowMs).length;
      say(`${instances} instances: ${usedPercent} % used, ${refused} refused`);
      return { instances, usedPercent, refused };
    };

    const sensors = await startSensors(rig, SENSORS);
    const first = startInstance(settings);
    while (calls.takenAt.length === 0) await sleep(50);
    const phases = [await phase(1, 0)];
    const grownMs = performance.now();
    const others = [startInstance(settings), startInstance(settings)];
    phases.push(await phase(3, grownMs));
    const shrunkMs = performance.now();
    await Promise.all(others.map(async (instance) => instance.stop()));
    phases.push(await phase(1, shrunkMs));
    await sensors.stop();
    await first.stop();

    const [taken, refused] = [calls.takenAt.length, calls.refusedAt.length];
    printResult({ requestsPerMinute, burstMs, learned: values.learned, phases, taken, refused }, values.json);
    return !values.learned && refused > 0 ? 1 : 0;
  } finally {
    await simulator.close();
    await rig.stop();
  }
}

const settingsOf = ({ broker, prefix }: Rig, { url }: Simulator, gpt4o: NonNullable<RigSettings['targets']['gpt4o']>): RigSettings => ({
  name: 'shares',
  brokers: broker.brokers,
  prefix,
  simulator: url,
  windowMs: WINDOW_MS,
  longSide: 64,
  targets: { gpt4o },
  sessionTimeoutMs: 10_000,
  gateWindows: 64,
  workers: 0,
});

/** When calls were taken and when they were refused for the quota, on the clock of `performance.now()`. */
function watchCalls({ journal }: Simulator): { readonly takenAt: readonly number[]; readonly refusedAt: readonly number[] } {
  const [takenAt, refusedAt]: number[][] = [[], []];
  journal.onEntry(({ status, atUs }) => void (status === 429 ? refusedAt : takenAt)!.push(atUs / 1000 - performance.timeOrigin));
  return { takenAt: takenAt!, refusedAt: refusedAt! };
}
