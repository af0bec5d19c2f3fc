import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';
import { retryUntil } from '../../src/kafka/client/retryUntil.ts';
import { topicRanges } from '../../src/kafka/consumer/offsetRange.ts';
import { startInstance } from '../../test/rig/startInstance.ts';
import { type Rig, startRig } from '../../test/rig/startRig.ts';

const SENSORS = 4;
const PACKET = 64 * 1024;
const [WIDTH, HEIGHT] = [640, 480];
/** The clock of EVT3 turns over here, so that the stream can be sent again and again without a seam. */
const TURN_US = 2 ** 24;
const EVENTS = 6_000_000;
const WINDOW_MS = 250;

export interface IngestResult {
  readonly packetsMiB: number;
  readonly mevTotal: number;
  readonly seconds: number;
  readonly mibPerSecond: number;
  readonly mevPerSecond: number;
  readonly windows: number;
}

/** Packets of 64 KiB that wait in a topic, through decoder, windows, renderer and encoder, to records in a topic; answers are free. */
export async function ingest(turns: number): Promise<IngestResult> {
  const rig = await startRig({
    name: 'ingest',
    topics: { packets: { partitions: SENSORS }, captions: { partitions: SENSORS }, dead: { partitions: 1 } },
    properties: { 'message.max.bytes': 16 * 1024 * 1024 },
  });
  try {
    const bytes = await fill(rig, turns);
    const total = (await topicRanges(rig.admin, `${rig.prefix}.packets`)).reduce((sum, { end }) => sum + end, 0);
    const pipeline = startInstance({
      name: 'ingest',
      brokers: rig.broker.brokers,
      prefix: rig.prefix,
      windowMs: WINDOW_MS,
      longSide: 512,
      targets: {},
    });
    const ended = pipeline.ended.then(({ code, signal }): never => {
      throw new Error(`the pipeline ended by itself with ${code ?? signal}: ${pipeline.stderr()}`);
    });
    const { packets, seconds } = await Promise.race([ended, timeCommits(rig, total)]);
    await pipeline.stop();
    const share = packets / total;
    const mib = (bytes / 2 ** 20) * share;
    const mev = (SENSORS * turns * EVENTS * share) / 1e6;
    return {
      packetsMiB: round(mib),
      mevTotal: round(mev),
      seconds: round(seconds),
      mibPerSecond: round(mib / seconds),
      mevPerSecond: round(mev / seconds),
      windows: Math.floor((SENSORS * turns * TURN_US) / (WINDOW_MS * 1000)),
    };
  } finally {
    await rig.stop();
  }
}

/**
 * How many packets were committed in how many seconds, from the first commit on: the start of the process and of its worker
 * is not what is measured.
 */
async function timeCommits({ admin, prefix }: Rig, total: number): Promise<{ packets: number; seconds: number }> {
  const group = { groupId: `${prefix}.group`, topics: [`${prefix}.packets`] };
  let first: { atMs: number; packets: number } | undefined;
  for (;;) {
    await sleep(100);
    const [offsets] = await retryUntil(() => admin.fetchOffsets(group), 30_000);
    const packets = offsets!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    if (packets > 0) first ??= { atMs: performance.now(), packets };
    // The last window of each sensor stays open, and so do its packets.
    if (first && packets >= total - 12 * SENSORS) {
      return { packets: packets - first.packets, seconds: (performance.now() - first.atMs) / 1000 };
    }
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

async function fill({ kafka, prefix }: Rig, turns: number): Promise<number> {
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
      await producer.send({ topic: `${prefix}.packets`, messages });
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
