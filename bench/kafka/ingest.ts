import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { startLocalBroker } from '../../kafka-broker/localBroker.ts';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';
import { connect, connectionSchema } from '../../src/kafka/client/connection.ts';
import { persist } from '../../src/kafka/client/retryUntil.ts';
import { rangesOf } from '../../src/kafka/consumer/readRange.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const SENSORS = 4;
const PACKET = 64 * 1024;
const [WIDTH, HEIGHT] = [640, 480];
/** The clock of EVT3 turns over here, so that the stream can be sent again and again without a seam. */
const TURN_US = 2 ** 24;
const EVENTS = 6_000_000;

export interface IngestResult {
  readonly packetsMiB: number;
  readonly mevTotal: number;
  readonly seconds: number;
  readonly mibPerSecond: number;
  readonly mevPerSecond: number;
  readonly windows: number;
}

/** Packets of 64 KiB that wait in a topic, through decoder, windows, renderer and encoder, to records in a topic; nobody is asked. */
export async function ingest(turns: number): Promise<IngestResult> {
  const broker = await startLocalBroker({ properties: { 'message.max.bytes': 16 * 1024 * 1024 } });
  const kafka = connect(connectionSchema.parse({ brokers: broker.brokers }));
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.createTopics({
      topics: [
        { topic: 'packets', numPartitions: SENSORS },
        { topic: 'captions', numPartitions: SENSORS },
        { topic: 'dead', numPartitions: 1 },
      ],
      waitForLeaders: true,
    });
    const bytes = await fill(kafka, turns);
    const began = performance.now();
    const pipeline = spawn(process.execPath, [here('../../src/cli/main.ts'), 'run', here('ingestPipeline.ts'), '--json'], {
      env: { ...process.env, JOB_BROKERS: broker.brokers.join(',') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // The start of the process and of its worker is not what is measured: the clock runs from the first committed packet.
    let from = { at: began, packets: 0 };
    let packets = 0;
    const total = (await rangesOf(admin, 'packets')).reduce((sum, { end }) => sum + end, 0);
    // The last window of each sensor stays open, and so do its packets.
    while (packets < total - 12 * SENSORS) {
      if (pipeline.exitCode !== null) throw new Error(`the pipeline ended by itself with ${pipeline.exitCode}`);
      await sleep(100);
      const [group] = await persist(() => admin.fetchOffsets({ groupId: 'ingest', topics: ['packets'] }), 30_000);
      packets = group!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      if (from.packets === 0 && packets > 0) from = { at: performance.now(), packets };
    }
    const seconds = (performance.now() - from.at) / 1000;
    const share = (packets - from.packets) / total;
    pipeline.kill('SIGTERM');
    await once(pipeline, 'exit');
    const mib = (bytes / 2 ** 20) * share;
    const mev = (SENSORS * turns * EVENTS * share) / 1e6;
    return {
      packetsMiB: round(mib),
      mevTotal: round(mev),
      seconds: round(seconds),
      mibPerSecond: round(mib / seconds),
      mevPerSecond: round(mev / seconds),
      windows: Math.floor((SENSORS * turns * TURN_US) / 250_000),
    };
  } finally {
    await admin.disconnect();
    await broker.stop();
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

async function fill(kafka: kafkajs.Kafka, turns: number): Promise<number> {
  const stream = streamOf();
  const packets = Array.from({ length: Math.ceil(stream.length / PACKET) }, (_, i) => stream.subarray(i * PACKET, (i + 1) * PACKET));
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let turn = 0; turn < turns; turn++) {
    for (let i = 0; i < packets.length; i += 4) {
      const messages = packets.slice(i, i + 4).flatMap((value, j) =>
        Array.from({ length: SENSORS }, (_, sensor) => ({
          key: `cam-${sensor}`,
          value,
          partition: sensor,
          headers: { encoding: 'evt3', width: `${WIDTH}`, height: `${HEIGHT}`, seq: `${turn * packets.length + i + j}` },
        })),
      );
      await producer.send({ topic: 'packets', messages });
    }
  }
  await producer.disconnect();
  return SENSORS * turns * stream.length;
}

/** One turn of the clock: edges that wander, in some noise. */
function streamOf(): Buffer {
  const events = makeEvents(EVENTS);
  events.length = EVENTS;
  for (let i = 0; i < EVENTS; i++) {
    const noise = Math.imul(i + 1, 2_654_435_761) >>> 0;
    const isEdge = i % 16 !== 0;
    events.t[i] = Math.floor((i / EVENTS) * TURN_US);
    events.x[i] = isEdge ? (Math.floor(i / 40) + (noise % 6)) % WIDTH : noise % WIDTH;
    events.y[i] = isEdge ? (Math.floor(i / 8) * 3) % HEIGHT : (noise >>> 10) % HEIGHT;
    events.p[i] = isEdge ? Number(noise % 6 > 2) : (noise >>> 20) & 1;
  }
  const bytes = encodeEvt3(events, { sinceUs: 0, untilUs: TURN_US });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
