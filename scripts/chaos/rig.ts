import kafkajs from 'kafkajs';
import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';

/** Length of a window, in milliseconds of sensor time. */
export const WINDOW_MS = 100;
const EVENTS_PER_WINDOW = 40;
/** Shortly before the 24-bit clock of EVT3 wraps. */
const START_US = 16_500_000;

/** Names a window as the expected ones are named. */
export const nameOf = (sensor: string, startUs: number): string => `${sensor} ${startUs}`;

export interface Rig {
  /** Windows whose packets are in the topic, to their last byte. */
  readonly expected: ReadonlySet<string>;
  /** Sends until it is stopped, at the pace of the sensors. */
  stop(): Promise<void>;
  /** Keeps still while `work` is done: a packet that is sent twice would be another recording. */
  during(work: () => Promise<void>): Promise<void>;
}

/**
 * Sensors that send one continuous EVT3 stream each, cut into packets between any two words, a window's worth every
 * WINDOW_MS. Each window's events differ from all others', so each frame has a request hash of its own.
 */
export async function startRig(kafka: kafkajs.Kafka, topic: string, sensors: number): Promise<Rig> {
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 30, maxRetryTime: 1000 },
  });
  await producer.connect();
  const expected = new Set<string>();
  const seqs = Array.from({ length: sensors }, () => 0);
  const state = { isRunning: true };
  let pause: Promise<void> | undefined;
  let sent: Promise<void> | undefined;
  let window = 0;

  const send = async (): Promise<void> => {
    const startUs = START_US + window * WINDOW_MS * 1000;
    const messages = Array.from({ length: sensors }, (_, sensor) =>
      packetsOf(sensor, window).map((value) => ({
        key: `cam-${sensor}`,
        value,
        headers: { encoding: 'evt3', width: '320', height: '240', seq: String(seqs[sensor]!++) },
      })),
    ).flat();
    await producer.send({ topic, messages });
    // The time word at the end of a window closes the one before it.
    for (let sensor = 0; sensor < sensors; sensor++) expected.add(nameOf(`cam-${sensor}`, startUs));
    window++;
  };

  const sending = (async () => {
    let due = performance.now();
    while (state.isRunning) {
      await pause;
      await (sent = send());
      due = Math.max(due + WINDOW_MS, performance.now() - 1000);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
  })();

  return {
    expected,
    async during(work) {
      const done = Promise.withResolvers<void>();
      pause = done.promise;
      await sent;
      try {
        await work();
      } finally {
        pause = undefined;
        done.resolve();
      }
    },
    async stop() {
      state.isRunning = false;
      await sending;
      await producer.disconnect();
    },
  };
}

/** The bytes of one window of one sensor, which go on where those before ended. */
function packetsOf(sensor: number, window: number): Buffer[] {
  const startUs = START_US + window * WINDOW_MS * 1000;
  const events = makeEvents(EVENTS_PER_WINDOW);
  events.length = EVENTS_PER_WINDOW;
  for (let i = 0; i < EVENTS_PER_WINDOW; i++) {
    const noise = Math.imul(window * EVENTS_PER_WINDOW + i + 1, 2_654_435_761 ^ (sensor * 40_503)) >>> 0;
    events.t[i] = startUs + Math.floor((i * WINDOW_MS * 1000) / EVENTS_PER_WINDOW);
    events.x[i] = noise % 320;
    events.y[i] = (noise >>> 10) % 240;
    events.p[i] = (noise >>> 20) & 1;
  }
  const bytes = encodeEvt3(events, { sinceUs: startUs, untilUs: startUs + WINDOW_MS * 1000 });
  const cut = Math.floor(bytes.length / 4) * 2;
  return [Buffer.from(bytes.subarray(0, cut)), Buffer.from(bytes.subarray(cut))];
}
