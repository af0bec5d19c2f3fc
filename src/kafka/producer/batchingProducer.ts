import { setImmediate as nextTurn } from 'node:timers/promises';
import { PipelineError, messageOf } from '../../errors.ts';
import { pause } from '../client/pause.ts';
import { retryUntil } from '../client/retryUntil.ts';
import type { OutMessage } from './sendMessages.ts';

/** A producer that sends messages of about the same time in one request. */
export interface BatchingProducer {
  /** Resolves when all in-sync replicas have the message; it may be there twice. Rejects with SINK_FAILED. */
  send(message: OutMessage): Promise<void>;
  close(): Promise<void>;
}

export interface BatchingOptions {
  /** How long a batch is tried to be sent, in milliseconds. @default 120000 */
  readonly giveUpAfterMs?: number | undefined;
  /** How long a message waits for others to share a request with, in milliseconds. @default 0: for one turn of the event loop */
  readonly lingerMs?: number | undefined;
}

/** How batches are sent. */
export interface BatchSender {
  readonly send: (messages: readonly OutMessage[]) => Promise<void>;
  /** Called after a failure, before the next attempt; if it rejects, that counts as the next failure. */
  readonly reconnect: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Pending {
  readonly message: OutMessage;
  /** Settles its `send`. */
  readonly settle: (error?: Error) => void;
}

/** Sends one batch after the other, each until the brokers have it, so that messages of one key keep their order. */
export function batchingProducer(sender: BatchSender, { giveUpAfterMs = 120_000, lingerMs = 0 }: BatchingOptions = {}): BatchingProducer {
  let pending: Pending[] = [];
  let sending: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    while (pending.length > 0) {
      // A request costs the broker and us about as much for one message as for fifty.
      await (lingerMs > 0 ? pause(lingerMs) : nextTurn());
      const batch = pending;
      pending = [];
      const error = await sendBatch(
        sender,
        batch.map(({ message }) => message),
        giveUpAfterMs,
      );
      for (const { settle } of batch) settle(error);
    }
    sending = undefined;
  };

  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        pending.push({ message, settle: (error) => (error ? reject(error) : resolve()) });
        sending ??= drain();
      }),
    async close() {
      await sending;
      await sender.close();
    },
  };
}

/** Resolves with the failure, if the batch could not be sent. */
async function sendBatch(
  { send, reconnect }: BatchSender,
  messages: readonly OutMessage[],
  giveUpAfterMs: number,
): Promise<Error | undefined> {
  let mustReconnect = false;
  try {
    await retryUntil(async () => {
      if (mustReconnect) await reconnect();
      mustReconnect = true;
      await send(messages);
    }, giveUpAfterMs);
    return undefined;
  } catch (cause) {
    const text = `Kafka did not take ${messages.length} records: ${messageOf(cause)}`;
    return new PipelineError('SINK_FAILED', text, { cause, retryable: true });
  }
}
