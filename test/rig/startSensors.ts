import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Rig } from './startRig.ts';
import { HEIGHT, WIDTH, windowBytes } from './windowBytes.ts';

/** Length of a window, in milliseconds of sensor time. */
export const WINDOW_MS = 100;
const EVENTS_PER_WINDOW = 40;
/** Shortly before the 24-bit clock of EVT3 wraps. */
const ORIGIN_US = 16_500_000;

/** Names a window as the expected ones are named. */
export const nameOf = (sensor: string, startUs: number): string => `${sensor} ${startUs}`;

export interface Sensors {
  /** Windows whose packets are in the topic, to their last byte. */
  readonly expected: ReadonlySet<string>;
  /** Sends nothing while `work` is done: a packet that is sent twice would be another recording. */
  readonly silentDuring: (work: () => Promise<void>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Sensors that send one continuous EVT3 stream each, at their own pace, until they are stopped: a window's worth every
 * WINDOW_MS, cut into two packets between any two words.
 */
export async function startSensors({ kafka, prefix }: Rig, sensors: number): Promise<Sensors> {
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 30, maxRetryTime: 1000 },
  });
  await producer.connect();
  const expected = new Set<string>();
  const state = { isRunning: true };
  let silence: Promise<void> | undefined;
  let sent: Promise<void> | undefined;
  let window = 0;

  const send = async (): Promise<void> => {
    const messages = Array.from({ length: sensors }, (_, sensor) => messagesOf(sensor, window)).flat();
    await producer.send({ topic: `${prefix}.packets`, messages });
    // The time word at the end of a window closes it.
    for (let sensor = 0; sensor < sensors; sensor++) expected.add(nameOf(`cam-${sensor}`, ORIGIN_US + window * WINDOW_MS * 1000));
    window++;
  };
  const sending = (async () => {
    let due = performance.now();
    while (state.isRunning) {
      await silence;
      await (sent = send());
      due = Math.max(due + WINDOW_MS, performance.now() - 1000);
      await sleep(Math.max(0, due - performance.now()));
    }
  })();

  return {
    expected,
    async silentDuring(work) {
      const over = Promise.withResolvers<void>();
      silence = over.promise;
      await sent;
      try {
        await work();
      } finally {
        silence = undefined;
        over.resolve();
      }
    },
    async stop() {
      state.isRunning = false;
      await sending;
      await producer.disconnect();
    },
  };
}

function messagesOf(sensor: number, window: number): kafkajs.Message[] {
  const bytes = windowBytes({ sensor, window, windowMs: WINDOW_MS, events: EVENTS_PER_WINDOW, originUs: ORIGIN_US });
  const cut = Math.floor(bytes.length / 4) * 2;
  return [bytes.subarray(0, cut), bytes.subarray(cut)].map((value, half) => ({
    key: `cam-${sensor}`,
    value,
    headers: { encoding: 'evt3', width: `${WIDTH}`, height: `${HEIGHT}`, seq: `${window * 2 + half}` },
  }));
}
