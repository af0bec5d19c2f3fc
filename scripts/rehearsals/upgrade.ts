import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import avsc from 'avsc';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { fillTopic } from '../../test/rig/fillTopic.ts';
import { printResult, say } from '../../test/rig/report.ts';
import { startRig } from '../../test/rig/startRig.ts';
import { extractRevision } from '../../test/rig/extractRevision.ts';
import { type UpgradeSettings, filePipeline, kafkaPipeline } from './upgrade/pipelineText.ts';

/*
  npm run rehearse -- upgrade --from REVISION [--json]

  A revision writes half of an output, the files as they are now write the rest: the ledger, the output file, the frames, the
  topics, the commit metadata and the configuration hash of the one go on being used by the other. No answer is paid for
  twice, no record is lost or twice there.
*/
const here = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { from: { type: 'string', default: 'HEAD~1' }, json: { type: 'boolean', default: false } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'saccade-upgrade-'));
  const old = join(folder, 'old');
  mkdirSync(old);
  extractRevision(values.from, old);
  symlinkSync(join(here, 'node_modules'), join(old, 'node_modules'));
  const simulator = await startSimulator({ vendors: { openai: { latency: { p50Ms: 20, p99Ms: 60 } } } });
  try {
    const files = await throughFiles(old, folder, simulator);
    const kafka = await throughKafka(old, folder, simulator);
    printResult({ from: values.from, files, kafka }, values.json);
    return [...Object.values(files.wrong), ...Object.values(kafka.wrong)].every((count) => count === 0) ? 0 : 1;
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true });
  }
}

/** The old revision captions two seconds of a sensor; the new one all four, and then all four again without the output. */
async function throughFiles(old: string, folder: string, simulator: Simulator) {
  const settings = (root: string): UpgradeSettings => ({ root, vendor: simulator.urls['openai']!, folder });
  const module = (name: string, text: string): string => {
    const path = join(folder, `${name}.ts`);
    writeFileSync(path, text);
    return path;
  };
  const [half, whole] = [module('old-half', filePipeline(settings(old), 2)), module('new-whole', filePipeline(settings(here), 4))];
  const calls = (): number => simulator.journal.totals().requests;
  const hashes = [await checked(old, half), await checked(here, whole)];

  const before = await run(old, half);
  const callsBefore = calls();
  say(`files: ${before.windows} windows by the old revision, ${callsBefore} calls`);
  const after = await run(here, whole);
  const callsAfter = calls() - callsBefore;
  say(`files: ${after.windows} windows by the new one, ${callsAfter} calls`);
  const records = await recordsOf(join(folder, 'captions.avro'));
  rmSync(join(folder, 'captions.avro'));
  const again = await run(here, whole);
  const callsAgain = calls() - callsBefore - callsAfter;
  // By sensor and time: an id says another thing since windows are known by their events.
  const ids = records.map(({ sensor, startUs }) => `${sensor} ${startUs}`);
  const captioned = records.filter(({ status }) => status === 'captioned').length;
  return {
    windows: ids.length,
    captioned,
    calls: callsBefore + callsAfter,
    wrong: {
      hashesThatDiffer: new Set(hashes).size - 1,
      recordsTwice: ids.length - new Set(ids).size,
      recordsOfTheOldRevisionLost: before.captioned + before.quiet - records.filter(({ endUs }) => endUs <= 2_000_000).length,
      windowsWithoutRecord: again.captioned + again.quiet - ids.length,
      // Two frames that are alike are one call.
      callsAboveOneForEachCaption: Math.max(0, callsBefore + callsAfter - captioned),
      callsForAnswersInTheLedger: callsAgain,
    },
  };
}

/** The old revision takes part of a topic and is killed; the new one takes the rest. */
async function throughKafka(old: string, folder: string, simulator: Simulator) {
  const rig = await startRig({
    name: 'upgrade',
    topics: {
      packets: { partitions: 2 },
      captions: { partitions: 2 },
      dead: { partitions: 2 },
      ledger: { partitions: 2, config: { 'cleanup.policy': 'compact' } },
    },
  });
  const recorded = { sensors: 3, windows: 800, windowMs: 50, eventsPerWindow: 40, partitions: 2 };
  const calls = simulator.journal.totals().requests;
  try {
    await fillTopic(rig, recorded);
    const idsNow = async (): Promise<string[]> => {
      const ids: string[] = [];
      await rig.eachCaption(({ id }) => ids.push(id));
      return ids;
    };
    const start = (root: string, name: string) => {
      const path = join(folder, `${name}.ts`);
      const settings = { root, vendor: simulator.urls['openai']!, folder };
      writeFileSync(path, kafkaPipeline(settings, rig.broker.brokers, rig.prefix));
      const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'run', path, '--json', '--drain', '20'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return { child, ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) };
    };
    // The last window of each sensor stays open.
    const expected = recorded.sensors * (recorded.windows - 1);
    const first = start(old, 'old-kafka');
    const takenBefore = await reached(idsNow, expected / 3);
    first.child.kill('SIGKILL');
    await first.ended;
    say(`kafka: ${takenBefore} records by the old revision, then killed`);
    const second = start(here, 'new-kafka');
    await reached(idsNow, expected);
    second.child.kill('SIGTERM');
    await second.ended;
    const ids = await idsNow();
    const made = simulator.journal.totals().requests - calls;
    return {
      windows: new Set(ids).size,
      byTheOldRevision: takenBefore,
      calls: made,
      // Frames that are alike share a call, and calls in flight at the kill may be made again.
      wrong: { lost: Math.max(0, expected - new Set(ids).size), twice: ids.length - new Set(ids).size },
    };
  } finally {
    await rig.stop();
  }
}

async function reached(idsNow: () => Promise<string[]>, count: number): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const { length } = await idsNow();
    if (length >= count) return length;
    await sleep(200);
  }
  throw new Error(`the topic has no ${count} records after two minutes`);
}

interface Summary {
  readonly windows: number;
  readonly captioned: number;
  readonly quiet: number;
}

/** Not execFileSync: the simulated vendor answers in this process. */
const saccade = async (root: string, ...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return stdout;
};

const run = async (root: string, module: string): Promise<Summary> =>
  JSON.parse(await saccade(root, 'run', module, '--json', '--workers', '0')) as Summary;

const checked = async (root: string, module: string): Promise<string> =>
  (JSON.parse(await saccade(root, 'check', module, '--json')) as { configHash: string }).configHash;

interface WrittenRecord {
  readonly sensor: string;
  readonly startUs: number;
  readonly status: string;
  readonly endUs: number;
}

/** Read by avsc's own decoder, which shares no code with the sink. */
async function recordsOf(path: string): Promise<WrittenRecord[]> {
  const records: WrittenRecord[] = [];
  for await (const record of avsc.createFileDecoder(path)) records.push(record as WrittenRecord);
  return records;
}
