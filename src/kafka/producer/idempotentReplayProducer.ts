import kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import type { Compression } from '../client/compression.ts';
import { type OutMessage, sendAll } from '../delivery/committer.ts';
import { type Outlet, batching, outlet } from './batchingProducer.ts';
import { rangesOf, readRanges } from '../consumer/readRange.ts';
import { isFenced } from '../delivery/transactional.ts';

/** Writes records of a replay into a topic that may hold some of them already. */
export interface ReplayOutlet extends Outlet {
  /** Whether the topic has a record of this window. */
  has(id: string): boolean;
}

export interface ReplayOutletOptions {
  readonly topic: string;
  readonly compression: Compression;
  /** Each record once, for readers that read committed; needs transactions. */
  readonly exactlyOnce: boolean;
}

/** By this header of its message a record is known again. */
const idOf = ({ headers }: Pick<kafkajs.KafkaMessage | OutMessage, 'headers'>): string => headers?.['window-id']?.toString() ?? '';

/**
 * Reads which windows the topic has records of, and writes others behind them. There is no commit to tie them to: where
 * it is not known whether a transaction worked, it is fenced, and the topic is read on to see. Of two replays into one
 * topic the first one is fenced, and fails.
 */
export async function replayOutlet(kafka: kafkajs.Kafka, { topic, compression, exactlyOnce }: ReplayOutletOptions): Promise<ReplayOutlet> {
  const ids = new Set<string>();
  /** By partition: everything below is in `ids`. */
  const next = new Map<number, number>();
  const learn = async (): Promise<void> => {
    const admin = kafka.admin();
    await admin.connect();
    const ranges = await rangesOf(admin, topic).finally(() => admin.disconnect());
    const fresh = ranges.map((range) => ({ ...range, first: next.get(range.partition) ?? range.first }));
    await readRanges(kafka, topic, fresh, (message) => void ids.add(idOf(message)));
    for (const { partition, end } of ranges) next.set(partition, end);
  };
  const has = (id: string): boolean => ids.has(id);
  if (!exactlyOnce) {
    await learn();
    return { ...(await outlet(kafka, { compression })), has };
  }

  let producer: kafkajs.Producer | undefined;
  let begun: kafkajs.Transaction | undefined;
  const fence = async (): Promise<void> => {
    await producer?.disconnect();
    producer = kafka.producer({
      transactionalId: `saccade-replay.${topic}`,
      transactionTimeout: 30_000,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 500 },
    });
    await producer.connect();
    begun = await producer.transaction();
  };
  await fence();
  await learn();
  const out = batching({
    async send(messages) {
      const left = messages.filter((message) => !has(idOf(message)));
      if (left.length === 0) return;
      try {
        const transaction = begun ?? (await producer!.transaction());
        begun = undefined;
        await sendAll((batch) => transaction.sendBatch(batch), left, compression);
        await transaction.commit();
      } catch (cause) {
        if (!isFenced(cause)) throw cause;
        throw new PipelineError('SINK_FAILED', `another replay writes to topic '${topic}'; run one at a time`, { cause });
      }
      for (const message of left) ids.add(idOf(message));
    },
    async mend() {
      await fence();
      await learn();
    },
    close: async () => producer?.disconnect(),
  });
  return { ...out, has };
}
