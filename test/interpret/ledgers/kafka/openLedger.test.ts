import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type kafkajs from 'kafkajs';
import { afterEach, expect, it, vi } from 'vitest';
import { openLedger } from '../../../../src/interpret/ledgers/kafka/openLedger.ts';

const OWNER_TIMEOUT_MS = 100;

afterEach(() => void vi.useRealTimers());

/** A broker that accepts messages, and consumers of which cannot connect. */
function brokerWithoutConsumers(): { kafka: kafkajs.Kafka; sent: () => number; open: () => number } {
  let [sent, open] = [0, 0];
  const client = {
    connect: async () => void open++,
    disconnect: async () => void open--,
  };
  const kafka = {
    admin: () => ({ ...client, listTopics: async () => ['ledger'] }),
    producer: () => ({
      ...client,
      async sendBatch() {
        sent++;
        return [{ baseOffset: '0' }];
      },
    }),
    consumer: () => ({
      on() {},
      connect: async () => Promise.reject(new Error('no consumer')),
      disconnect: async () => {},
    }),
  };
  return { kafka: kafka as unknown as kafkajs.Kafka, sent: () => sent, open: () => open };
}

const copies = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('saccade-ledger-'));

// Issue 10: the heartbeats of a ledger that could not be opened went on, so that others waited for its claims.
it('that fails ends its heartbeats and closes what it opened (issue 10)', async () => {
  const before = await copies();
  const { kafka, sent, open } = brokerWithoutConsumers();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const failed = openLedger(kafka, { topic: 'ledger', path: undefined, ownerTimeoutMs: OWNER_TIMEOUT_MS }).catch((error: unknown) => error);
  await vi.waitFor(() => expect(sent()).toBe(1));
  expect(await failed).toMatchObject({ message: 'no consumer' });
  await vi.advanceTimersByTimeAsync(10 * OWNER_TIMEOUT_MS);
  expect([sent(), open()]).toEqual([1, 0]);
  expect(await copies()).toEqual(before);
});
