import { z } from 'zod';
import { brokerReaches } from '../../stage/reach.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import { readOptions } from '../../readOptions.ts';
import type { Ledger } from '../ledger.ts';
import { type OpenLedger, openLedger } from './kafka/openLedger.ts';

export interface KafkaLedgerOptions extends KafkaConnection {
  /** The topic; created, compacted, where it is absent. */
  topic: string;
  /** Folder of the local copy, so that a restart reads only what is new. @default one in the system's temporary folder, for each run */
  path?: string;
  /**
   * An instance that has sent no heartbeat for this long is taken for dead, and its calls are not waited for, in milliseconds.
   * It begins no call itself when the broker has not accepted one for three fifths of this. @default 15000
   */
  ownerTimeoutMs?: number;
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  path: z.string().min(1).optional(),
  ownerTimeoutMs: z.number().min(100).default(15_000),
});

/**
 * Remembers paid answers in Kafka, for all instances: one that takes over a partition finds what the previous owner paid for,
 * and waits for the calls that it is still making.
 */
export function kafkaLedger(options: KafkaLedgerOptions): Ledger {
  const { topic, path, ownerTimeoutMs, ...connection } = readOptions('kafkaLedger', schema, options);
  let current: OpenLedger | undefined;
  const opened = (): OpenLedger => {
    if (!current) throw new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic} is not open`);
    return current;
  };
  const ledgerError = (cause: unknown): PipelineError =>
    cause instanceof PipelineError && (cause.code === 'LEDGER_FAILED' || cause.code === 'CONFIG_INVALID')
      ? cause
      : new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic}: ${messageOf(cause)}`, { cause, retryable: true });

  return {
    name: 'kafkaLedger',
    reaches: brokerReaches(connection.brokers, 'raw captions'),
    async open() {
      try {
        current ??= await openLedger(await connectOrExplain(connection), { topic, path, ownerTimeoutMs });
      } catch (cause) {
        throw ledgerError(cause);
      }
    },
    async lookupOrClaim(keys, signal) {
      try {
        return await opened().lookupOrClaim(keys, signal);
      } catch (cause) {
        signal.throwIfAborted();
        throw ledgerError(cause);
      }
    },
    async ready() {
      if (opened().isReady()) return;
      throw new PipelineError('LEDGER_FAILED', `Kafka at ${connection.brokers.join(', ')} did not accept our last heartbeats`, {
        retryable: true,
      });
    },
    async commit(key, paid) {
      try {
        await opened().commit(key, paid);
      } catch (cause) {
        throw ledgerError(cause);
      }
    },
    async close() {
      await current?.close();
      current = undefined;
    },
  };
}
