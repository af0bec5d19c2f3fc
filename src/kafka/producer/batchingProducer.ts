import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Compression } from '../client/compression.ts';
import { type OutMessage, sendAll } from '../delivery/committer.ts';
import { isHopeless } from '../client/isRetriable.ts';

/** A producer that puts what comes at about the same time into one request. */
export interface Outlet {
  /** Resolves when all in-sync replicas have the message; it may be there twice. Rejects with SINK_FAILED. */
  send(message: OutMessage): Promise<void>;
  close(): Promise<void>;
}

export interface OutletOptions {
  readonly compression: Compression;
  /** How long a message is tried to be sent, in milliseconds. @default 120000 */
  readonly giveUpAfterMs?: number;
  /** How long a message waits for others to share a request with, in milliseconds. @default 0: for one turn of the event loop */
  readonly lingerMs?: number;
}

interface Waiting {
  readonly message: OutMessage;
  readonly settle: (error?: Error) => void;
}

/** Opens a producer. Each request waits for the one before, so messages of one key keep their order. */
export async function outlet(kafka: kafkajs.Kafka, { compression, giveUpAfterMs, lingerMs }: OutletOptions): Promise<Outlet> {
  let producer = await connected(kafka);
  return batching({
    giveUpAfterMs,
    lingerMs,
    send: async (messages) => void (await sendAll(async (some) => producer.sendBatch(some), messages, compression)),
    // kafkajs gives up at once on some errors of a broker that is only being restarted: then with a new producer.
    async mend() {
      await producer.disconnect().catch(() => {});
      producer = await connected(kafka).catch(() => producer);
    },
    close: () => producer.disconnect(),
  });
}

/** What `batching` is made of. */
export interface Sender {
  readonly giveUpAfterMs?: number | undefined;
  readonly lingerMs?: number | undefined;
  readonly send: (messages: readonly OutMessage[]) => Promise<void>;
  /** Called after a failure, before the next try; what it rejects with counts as the next failure. */
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Messages that come at about the same time are sent together, one batch after the other, until the brokers take them. */
export function batching({ giveUpAfterMs = 120_000, lingerMs = 0, send, mend, close }: Sender): Outlet {
  let waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;

  const trySend = async (messages: readonly OutMessage[]): Promise<Error | undefined> => {
    const giveUpAt = performance.now() + giveUpAfterMs;
    for (let pauseMs = 50, isWhole = true; ; pauseMs = Math.min(2 * pauseMs, 2000)) {
      try {
        if (!isWhole) await mend();
        isWhole = true;
        await send(messages);
        return undefined;
      } catch (cause) {
        isWhole = false;
        if (performance.now() > giveUpAt || isHopeless(cause)) {
          const text = `Kafka did not take ${messages.length} records: ${messageOf(cause)}`;
          return new PipelineError('SINK_FAILED', text, { cause, retryable: true });
        }
        await sleep(pauseMs);
      }
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      // A request costs the broker and us about as much for one message as for fifty.
      await (lingerMs > 0 ? sleep(lingerMs) : nextTurn());
      const batch = waiting;
      waiting = [];
      const error = await trySend(batch.map(({ message }) => message));
      for (const { settle } of batch) settle(error);
    }
    sending = undefined;
  };

  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        waiting.push({ message, settle: (error) => (error ? reject(error) : resolve()) });
        sending ??= drain();
      }),
    async close() {
      await sending;
      await close();
    },
  };
}

async function connected(kafka: kafkajs.Kafka): Promise<kafkajs.Producer> {
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1000 },
  });
  await producer.connect();
  return producer;
}
