import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import type { Reach } from '../../stage/reach.ts';
import { PipelineError } from '../../errors.ts';
import type { Delivery, DeliveryReader } from './delivery.ts';
import { type BrokerConnection, partitionCommits } from './partitionCommits.ts';
import { PartitionCommitter } from './partitionCommitter.ts';
import type { InputPartition, PartitionProducer } from './partitionProducer.ts';

export interface DeliveryParts {
  readonly guarantee: Delivery['guarantee'];
  readonly groupId: string;
  readonly reaches: readonly Reach[];
  kafka(): Promise<kafkajs.Kafka>;
  producer(partition: InputPartition, kafka: kafkajs.Kafka, reader: () => DeliveryReader | undefined): PartitionProducer;
  /** How long messages wait for others to be sent with, in milliseconds. */
  readonly lingerMs: number;
  /** How often a position without messages is committed, in milliseconds. */
  readonly commitEveryMs: number;
  /** How long a write is tried, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Longest metadata that the broker takes. */
  readonly metadataLimit: number;
}

/** How long closing waits for a broker that does not answer. */
const CLOSE_WITHIN_MS = 10_000;

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** A delivery of one committer for each input partition. */
export function makeDelivery(parts: DeliveryParts): Delivery {
  const { groupId, guarantee, lingerMs, giveUpAfterMs, metadataLimit } = parts;
  const committers = new Map<string, PartitionCommitter>();
  const connection = sharedConnection(parts);
  let reader: DeliveryReader | undefined;
  let closing: Promise<void> | undefined;
  let committing: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  let epochs = 0;

  const onFailed = (error: PipelineError): void => {
    failure ??= error;
    for (const committer of committers.values()) committer.fail(error);
    reader?.failed(error);
  };

  const refuseClosed = (): void => {
    if (closing) throw new Error('the delivery is closed');
  };

  const committerOf = async (topic: string, partition: number): Promise<PartitionCommitter> => {
    refuseClosed();
    const { kafka } = await connection.open();
    refuseClosed();
    const key = keyOf(topic, partition);
    const known = committers.get(key);
    if (known) return known;
    const input = { groupId, topic, partition };
    const committer = new PartitionCommitter({
      input,
      producer: parts.producer(input, kafka, () => reader),
      commits: partitionCommits(input, connection.open, metadataLimit),
      lingerMs,
      giveUpAfterMs,
      onLost: () => reader?.lost(topic, partition),
      onFailed,
    });
    committers.set(key, committer);
    committing ??= setInterval(() => {
      if (!failure) for (const one of committers.values()) one.commitSoon();
    }, parts.commitEveryMs);
    return committer;
  };

  const close = async (): Promise<void> => {
    clearInterval(committing);
    const all = [...committers.values()];
    await settled(all.map((committer) => committer.drain()));
    await reader?.leave();
    await settled(all.map((committer) => committer.close()));
    await connection.close();
  };

  return {
    groupId,
    guarantee,
    reaches: parts.reaches,
    attach(attached) {
      reader = attached;
    },
    async take(topic, partition, firstOffset, now) {
      const committer = await committerOf(topic, partition);
      return committer.take(firstOffset, () => ++epochs, now);
    },
    release(topic, partition) {
      const committer = committers.get(keyOf(topic, partition));
      committer?.release();
      // A producer that cannot be disconnected has no connection any more.
      committer?.closeIfReleased().catch(() => {});
    },
    async write(message, completion, from) {
      if (failure) throw failure;
      const committer = committers.get(keyOf(from.source, from.partition));
      if (!committer || from.unit !== 'offset') {
        throw new PipelineError(
          'CONFIG_INVALID',
          `a record from ${from.source} was given to the delivery of group '${groupId}', which never read that; source and sink must share one delivery`,
        );
      }
      // A record without an epoch would be taken for one of an earlier epoch, and dropped.
      if (from.epoch === undefined)
        throw new PipelineError('UNEXPECTED', `a position in ${from.source} lost its epoch on the way; copy positions whole`);
      await committer.write(message, completion, from.epoch);
    },
    close: () => (closing ??= close()),
  };
}

/** One connection for all partitions, opened when it is first needed. */
function sharedConnection({ kafka: reach }: Pick<DeliveryParts, 'kafka'>): {
  open: () => Promise<BrokerConnection>;
  close: () => Promise<void>;
} {
  let opening: Promise<BrokerConnection> | undefined;
  const connect = async (): Promise<BrokerConnection> => {
    const kafka = await reach();
    const admin = kafka.admin({ retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1000 } });
    await admin.connect();
    return { kafka, admin };
  };
  return {
    open: () =>
      (opening ??= connect().catch((error: unknown) => {
        opening = undefined;
        throw error;
      })),
    async close() {
      const opened = await opening?.catch(() => undefined);
      await opened?.admin.disconnect();
    },
  };
}

/** Waits until all have settled, but not for a broker that does not answer. */
const settled = (work: readonly Promise<unknown>[]): Promise<unknown> =>
  Promise.race([Promise.allSettled(work), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
