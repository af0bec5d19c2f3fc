import kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../errors.ts';
import type { Compression } from './codecs.ts';
import { type OutMessage, sendAll } from './committer.ts';

/** A producer that puts what comes at about the same time into one request. */
export interface Outlet {
  /** Resolves with nothing when all in-sync replicas have the message. Rejects with SINK_FAILED. */
  send(message: OutMessage): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly message: OutMessage;
  readonly settle: (error?: Error) => void;
}

/** Opens a producer. Each request waits for the one before, so messages of one key keep their order. */
export async function outlet(kafka: kafkajs.Kafka, compression: Compression): Promise<Outlet> {
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 12, initialRetryTime: 100, maxRetryTime: 3000 },
  });
  await producer.connect();
  let waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    // A turn of the event loop, for others to join.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const error = await sendAll(
        (some) => producer.sendBatch(some),
        batch.map(({ message }) => message),
        compression,
      ).then(
        () => undefined,
        (cause: unknown) =>
          new PipelineError('SINK_FAILED', `Kafka did not take ${batch.length} records: ${messageOf(cause)}`, { cause, retryable: true }),
      );
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
      await producer.disconnect();
    },
  };
}
