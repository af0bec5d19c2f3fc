import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { startLocalBroker } from '../kafka-broker/localBroker.ts';
import { kafkaSource } from '../src/consume/sources/kafkaSource.ts';
import { connect, connectionSchema } from '../src/kafka/client/connection.ts';
import { listen } from '../src/stage/report.ts';

/*
  node scripts/resume.ts --cycles 300 --json

  How long a paused partition takes to go on, over a real broker: nobody pulls until it is paused, then everything that
  waits is taken at once, and the clock runs from the resumption to the first packet that was fetched after it.
*/

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '300' },
    wait: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const cycles = Number(values.cycles);
const PACKET_BYTES = 20_000;
const BUFFER_BYTES = 100_000;

const broker = await startLocalBroker();
const { brokers } = broker;
const kafka = connect(connectionSchema.parse({ brokers }));
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: 'packets', numPartitions: 1 }], waitForLeaders: true });
await admin.disconnect();

const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
const value = Buffer.alloc(PACKET_BYTES, 1);
/** A fetch brings a MiB, so as much is taken in each cycle. */
const perCycle = 2 * Math.ceil((2 ** 20 + BUFFER_BYTES) / PACKET_BYTES / 2);
const messages = Array.from({ length: perCycle / 2 }, () => ({ key: 'cam', value, headers: { encoding: 'evt3' } }));
const send = async (): Promise<void> => {
  for (let half = 0; half < 2; half++) await producer.send({ topic: 'packets', messages });
};
for (let i = 0; i < 3; i++) await send();

const state = { isPaused: false, resumedAt: 0, arrivedAt: 0 };
listen('buffered', ({ paused, bytes }) => {
  const now = performance.now();
  if (state.isPaused && !paused) Object.assign(state, { resumedAt: now, arrivedAt: 0 });
  // Reported after each fetch: more waits than was left at the resumption.
  else if (state.arrivedAt === 0 && bytes > BUFFER_BYTES / 2) state.arrivedAt = now;
  state.isPaused = paused;
});

const end = new AbortController();
const source = kafkaSource({
  brokers,
  topic: 'packets',
  groupId: 'resume',
  wire: 'raw',
  bufferBytes: BUFFER_BYTES,
  maxWaitMs: Number(values.wait),
});
const packets = source.packets(end.signal)[Symbol.asyncIterator]();
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
end.abort();
await packets.return?.(undefined);
await source.close?.();
await producer.disconnect();
await broker.stop();

const sorted = latencies.toSorted((a, b) => a - b);
const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
const result = {
  cycles,
  maxWaitMs: Number(values.wait),
  p50Ms: at(0.5),
  p90Ms: at(0.9),
  p99Ms: at(0.99),
  maxMs: Math.round(sorted.at(-1)!),
};
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
process.exit(result.p99Ms < 300 ? 0 : 1);
