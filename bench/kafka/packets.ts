import kafkajs from 'kafkajs';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';

export interface Recorded {
  readonly sensors: number;
  /** Windows of each sensor. */
  readonly windows: number;
  readonly windowMs: number;
  readonly eventsPerWindow: number;
  /** Sensor n is in partition n modulo this. */
  readonly partitions: number;
}

export const WIDTH = 320;
export const HEIGHT = 240;

/**
 * Fills a topic with EVT3 packets, one for each window of each sensor, as a recorded topic would have them. No two windows
 * have the same events, so no caption can come out of the ledger by chance.
 */
export async function fillTopic(
  kafka: kafkajs.Kafka,
  topic: string,
  { sensors, windows, windowMs, eventsPerWindow, partitions }: Recorded,
): Promise<number> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let bytes = 0;
  // A request of at most some hundred KB for each partition.
  const batch = 50;
  for (let first = 0; first < windows; first += batch) {
    const messages: kafkajs.Message[] = [];
    for (let window = first; window < Math.min(windows, first + batch); window++) {
      for (let sensor = 0; sensor < sensors; sensor++) {
        const value = packetOf(sensor, window, windowMs, eventsPerWindow);
        bytes += value.length;
        const headers = { encoding: 'evt3', width: `${WIDTH}`, height: `${HEIGHT}`, seq: `${window}` };
        messages.push({ key: `cam-${sensor}`, value, headers, partition: sensor % partitions });
      }
    }
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
  return bytes;
}

/** The bytes of one window, up to the time word that closes it. */
export function packetOf(sensor: number, window: number, windowMs: number, count: number): Buffer {
  const startUs = window * windowMs * 1000;
  const events = makeEvents(count);
  events.length = count;
  // A spot that wanders, in noise: something for the simulator to find.
  const [atX, atY] = [(window * 3 + sensor * 40) % (WIDTH - 40), (window * 2 + sensor * 30) % (HEIGHT - 40)];
  for (let i = 0; i < count; i++) {
    const noise = Math.imul(window * count + i + 1, 2_654_435_761 ^ (sensor * 40_503 + 77)) >>> 0;
    const isSpot = i % 8 !== 0;
    events.t[i] = startUs + Math.floor((i * windowMs * 1000) / count);
    events.x[i] = isSpot ? atX + (noise % 40) : noise % WIDTH;
    events.y[i] = isSpot ? atY + ((noise >>> 10) % 40) : (noise >>> 10) % HEIGHT;
    events.p[i] = isSpot ? Number(noise % 40 > 20) : (noise >>> 20) & 1;
  }
  const bytes = encodeEvt3(events, { sinceUs: startUs, untilUs: startUs + windowMs * 1000 });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
