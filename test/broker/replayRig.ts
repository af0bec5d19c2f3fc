import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { type ReplayFlags, replayPipeline } from '../../src/cli/support/replayPipeline.ts';
import { decoder } from '../../src/avro/wireFormat.ts';
import { runPipeline } from '../../src/runPipeline.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import type { SimulatorOptions } from '../../src/sim/options/simulatorOptions.ts';
import type { Summary } from '../../src/watch/summary.ts';
import { watchSummary } from '../../src/watch/watchSummary.ts';
import { sensorMessages } from '../rig/sensorPackets.ts';
import { brokers, client, makeTopics, unique } from './kafka.ts';
import { readTopic } from './readTopic.ts';
import { type ReplayRig, pipelineOf } from './replayPipeline.ts';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const module = new URL('replayPipeline.ts', import.meta.url).pathname;

export const folder = async (): Promise<string> => mkdtemp(join(tmpdir(), 'saccade-replay-'));

export const simulatorWith = async (openai: NonNullable<SimulatorOptions['vendors']>[string] = {}): Promise<Simulator> =>
  startSimulator({ vendors: { openai } });

/** A topic of the packets of several sensors, and topics for what becomes of them. */
export async function replayRig(
  simulator: Simulator,
  {
    sensors = 3,
    windows = 12,
    partitions = 2,
    messages = sensorMessages(sensors, windows),
  }: { sensors?: number; windows?: number; partitions?: number; messages?: ReturnType<typeof sensorMessages> } = {},
): Promise<ReplayRig> {
  const prefix = unique('replay');
  const [input, output, dead] = [`${prefix}.packets`, `${prefix}.captions`, `${prefix}.dead`];
  await makeTopics(client(), [input], partitions);
  await makeTopics(client(), [output, dead]);
  const producer = client().producer();
  await producer.connect();
  await producer.send({ topic: input, messages });
  await producer.disconnect();
  return { brokers, prefix, input, output, dead, simulator: simulator.url, ledger: await folder() };
}

export async function captionsIn(topic: string): Promise<CaptionRecord[]> {
  const read = decoder<CaptionRecord>('caption', 'single-object', undefined);
  return Promise.all((await readTopic(topic)).map(async ({ value }) => read(value!)));
}

export async function recordsIn<Value>(path: string): Promise<Value[]> {
  const records: Value[] = [];
  for await (const record of avsc.createFileDecoder(path)) records.push(record as Value);
  return records;
}

async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Runs the pipeline as it would run live, until so many windows have ended. */
export async function runLive(rig: ReplayRig, ended: number): Promise<void> {
  const stop = new AbortController();
  const running = runPipeline(pipelineOf(rig), stop.signal);
  const isOver = async (): Promise<boolean> => (await readTopic(rig.output)).length + (await readTopic(rig.dead)).length >= ended;
  await waitFor(isOver);
  stop.abort();
  await running;
}

/** What `saccade replay` does, in this process, to its end; the summary. */
export async function replay(rig: ReplayRig, past: string, flags: Partial<ReplayFlags> = {}): Promise<Summary> {
  const summary = watchSummary();
  try {
    const given = { brokers: brokers.join(','), wire: 'raw', speed: Infinity, ...flags } as const;
    const { pipeline, check } = await replayPipeline(pipelineOf(rig), past, given);
    await runPipeline(pipeline, new AbortController().signal);
    check();
    return summary.read();
  } finally {
    summary.end();
  }
}

/** The command itself until `until` holds, then Ctrl-C; or to its end. */
export async function replayCommand(rig: ReplayRig, past: string, until?: () => Promise<boolean>): Promise<void> {
  const args = [main, 'replay', past, '--pipeline', module, '--brokers', brokers.join(','), '--wire', 'raw'];
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, REPLAY_RIG: JSON.stringify(rig) } });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (until) {
    await waitFor(until);
    child.kill('SIGINT');
  }
  await exited;
}
