import kafkajs from 'kafkajs';
import type { Rig } from './startRig.ts';
import { HEIGHT, WIDTH, windowBytes } from './windowBytes.ts';

export interface Recorded {
  readonly sensors: number;
  /** Windows of each sensor. */
  readonly windows: number;
  readonly windowMs: number;
  readonly eventsPerWindow: number;
  /** Sensor n is in partition n modulo this. */
  readonly partitions: number;
}

/** Windows of each sensor in one request: some hundred KB for each partition. */
const BATCH = 50;

/** Fills the topic of packets as a recorded one would be, a packet for each window of each sensor. Returns the bytes. */
export async function fillTopic({ kafka, prefix }: Rig, recorded: Recorded): Promise<number> {
  const { sensors, windows, windowMs, eventsPerWindow, partitions } = recorded;
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let bytes = 0;
  for (let first = 0; first < windows; first += BATCH) {
    const messages: kafkajs.Message[] = [];
    for (let window = first; window < Math.min(windows, first + BATCH); window++) {
      for (let sensor = 0; sensor < sensors; sensor++) {
        const value = windowBytes({ sensor, window, windowMs, events: eventsPerWindow, hasSpot: true });
        bytes += value.length;
        const headers = { encoding: 'evt3', width: `${WIDTH}`, height: `${HEIGHT}`, seq: `${window}` };
        messages.push({ key: `cam-${sensor}`, value, headers, partition: sensor % partitions });
      }
    }
    await producer.send({ topic: `${prefix}.packets`, messages });
  }
  await producer.disconnect();
  return bytes;
}
