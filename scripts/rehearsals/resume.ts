import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { listen } from '../../src/stage/report.ts';
import { printResult } from '../../test/rig/report.ts';
import { startRig } from '../../test/rig/startRig.ts';

/*
  npm run rehearse -- resume --cycles 300 --json

  How long a paused partition takes to go on, over a real broker: nothing is pulled until it is paused, then everything that
  waits is taken at once, and the clock runs from the resumption to the first packet that was fetched after it.
*/
const PACKET_BYTES = 20_000;
const BUFFER_BYTES = 100_000;
/** A fetch brings a MiB, so as much is taken in each cycle; it is sent in two halves. */
const PACKETS_OF_HALF = Math.ceil((2 ** 20 + BUFFER_BYTES) / PACKET_BYTES / 2);

export async function rehearse(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      cycles: { type: 'string', default: '300' },
      wait: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
    },
  });
  const cycles = Number(values.cycles);
  const maxWaitMs = Number(values.wait);
  const rig = await startRig({ name: 'resume', topics: { packets: { partitions: 1 } } });
  const topic = `${rig.prefix}.packets`;
  const producer = rig.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const value = Buffer.alloc(PACKET_BYTES, 1);
  const messages = Array.from({ length: PACKETS_OF_HALF }, () => ({ key: 'cam', value, headers: { encoding: 'evt3' } }));
  const send = async (): Promise<void> => {
    for (let half = 0; half < 2; half++) await producer.send({ topic, messages });
  };
  for (let i = 0; i < 3; i++) await send();

  const state = watchPauses();
  const stop = new AbortController();
  const source = kafkaSource({
    brokers: rig.broker.brokers,
    topic,
    groupId: 'resume',
    wire: 'raw',
    bufferBytes: BUFFER_BYTES,
    maxWaitMs,
  });
  const packets = source.packets(stop.signal)[Symbol.asyncIterator]();
  await packets.next();
  const latencies: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    while (!state.isPaused) await sleep(5);
    // Paused for as long as a call of a vendor may take, and at any moment of the fetcher's own sleep.
    await sleep(Math.random() * 300);
    const before = state.resumedAt;
    await send();
    while (state.resumedAt === before) (await packets.next()).value?.ack();
    while (state.arrivedAt === 0) await sleep(1);
    latencies.push(state.arrivedAt - state.resumedAt);
  }
  stop.abort();
  await packets.return?.(undefined);
  await source.close?.();
  await producer.disconnect();
  await rig.stop();

  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  const result = { cycles, maxWaitMs, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
  printResult(result, values.json);
  return result.p99Ms < 300 ? 0 : 1;
}

interface PauseState {
  isPaused: boolean;
  /** When it last went on. */
  resumedAt: number;
  /** When the first packets after that were there; 0 until then. */
  arrivedAt: number;
}

function watchPauses(): Readonly<PauseState> {
  const state: PauseState = { isPaused: false, resumedAt: 0, arrivedAt: 0 };
  listen('buffered', ({ paused, bytes }) => {
    const now = performance.now();
    if (state.isPaused && !paused) Object.assign(state, { resumedAt: now, arrivedAt: 0 });
    // Reported after each fetch: more waits than was left at the resumption.
    else if (state.arrivedAt === 0 && bytes > BUFFER_BYTES / 2) state.arrivedAt = now;
    state.isPaused = paused;
  });
  return state;
}
