import type kafkajs from 'kafkajs';
import { retryUntil } from '../client/retryUntil.ts';

export interface RestartingConsumerOptions extends kafkajs.ConsumerConfig {
  /** How long the brokers may be away, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Called when they have been away for longer, or will never accept us. */
  readonly onFailed: (error: Error) => void;
}

/** Partitions that are added to a topic are read after this long. */
const METADATA_MAX_AGE_MS = 10_000;

/** A consumer that survives restarts of its brokers. */
export interface RestartingConsumer {
  readonly consumer: kafkajs.Consumer;
  /** Whether it has joined its group; else kafkajs throws at `pause`, `resume` and `seek`. */
  readonly isRunning: () => boolean;
  /** Connects and joins the group. */
  readonly start: (topics: readonly string[], eachBatch: kafkajs.EachBatchHandler) => Promise<void>;
  /** Leaves the group and disconnects, for good. */
  readonly close: () => Promise<void>;
}

/**
 * kafkajs stops for good on some errors of a broker that is only being restarted; after others it restarts by a timer
 * that even `disconnect` does not stop, so that a consumer that was closed comes back and holds its partitions. So the
 * consumer is restarted here.
 */
export function restartingConsumer(
  kafka: kafkajs.Kafka,
  { giveUpAfterMs, onFailed, ...config }: RestartingConsumerOptions,
): RestartingConsumer {
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5, restartOnFailure: async () => false };
  // A broker that makes the topics that it is asked for would make again what was deleted, empty.
  const consumer = kafka.consumer({ ...config, allowAutoTopicCreation: false, metadataMaxAge: METADATA_MAX_AGE_MS, retry });
  const state = { isClosed: false, isRunning: false };
  let aliveAt = performance.now();
  let restarting: Promise<void> | undefined;
  let run: kafkajs.ConsumerRunConfig = {};
  consumer.on('consumer.heartbeat', () => void (aliveAt = performance.now()));
  consumer.on('consumer.group_join', () => {
    aliveAt = performance.now();
    state.isRunning = true;
  });
  consumer.on('consumer.stop', () => void (state.isRunning = false));

  const start = async (): Promise<void> => {
    if (state.isClosed) return;
    await consumer.connect();
    await consumer.run(run);
  };
  const isTimeToGiveUp = (): boolean => performance.now() - aliveAt > giveUpAfterMs;
  const restart = async (crash: Error): Promise<void> => {
    try {
      await retryUntil(start, isTimeToGiveUp, { firstPauseMs: 200, afterFailure: crash });
    } catch (cause) {
      if (!state.isClosed) onFailed(cause instanceof Error ? cause : crash);
    }
  };
  consumer.on('consumer.crash', ({ payload: { error } }) => {
    if (!state.isClosed) restarting = restart(error);
  });

  return {
    consumer,
    isRunning: () => state.isRunning,
    async start(topics, eachBatch) {
      run = { autoCommit: false, eachBatch };
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run(run);
    },
    async close() {
      state.isClosed = true;
      await restarting;
      await consumer.disconnect();
    },
  };
}
