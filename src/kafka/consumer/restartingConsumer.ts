import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { isHopeless } from '../client/isRetriable.ts';

export interface KeepConsumingOptions extends kafkajs.ConsumerConfig {
  /** How long the brokers may be away, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Told when they have been away for longer, or will never take us. */
  readonly failed: (error: Error) => void;
}

/** A consumer that outlives its brokers. */
export interface KeptConsumer {
  readonly consumer: kafkajs.Consumer;
  /** Connects and joins the group. */
  start(topics: readonly string[], eachBatch: kafkajs.EachBatchHandler): Promise<void>;
  /** Leaves the group and disconnects, for good. */
  close(): Promise<void>;
}

/**
 * kafkajs gives up for good on some of what a broker says that is only being restarted; on the rest it starts again by
 * a timer that not even `disconnect` stops, and a consumer that was closed comes back and holds its partitions. So
 * starting again is done here.
 */
export function keepConsuming(kafka: kafkajs.Kafka, { giveUpAfterMs, failed, ...config }: KeepConsumingOptions): KeptConsumer {
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 5, restartOnFailure: async () => false };
  const consumer = kafka.consumer({ ...config, retry });
  const state = { isClosed: false };
  let aliveAt = performance.now();
  let restarting: Promise<void> | undefined;
  let run: kafkajs.ConsumerRunConfig = {};
  consumer.on('consumer.heartbeat', () => void (aliveAt = performance.now()));
  consumer.on('consumer.group_join', () => void (aliveAt = performance.now()));

  const again = async (first: Error): Promise<void> => {
    let error = first;
    for (let pauseMs = 200; !state.isClosed; pauseMs = Math.min(2 * pauseMs, 2000)) {
      if (isHopeless(error) || performance.now() - aliveAt > giveUpAfterMs) return failed(error);
      await sleep(pauseMs);
      try {
        if (state.isClosed) return;
        await consumer.connect();
        await consumer.run(run);
        return;
      } catch (cause) {
        error = cause instanceof Error ? cause : first;
      }
    }
  };
  consumer.on('consumer.crash', ({ payload: { error } }) => {
    if (!state.isClosed) restarting = again(error);
  });

  return {
    consumer,
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
