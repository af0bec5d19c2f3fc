/*
  The ledger in a compacted topic; all values are JSON
    key = request hash            value = { answer, route }      paid for; the latest is kept for ever
    key = 'intent ' request hash  value = { owner, until }       a call is being made; until: Unix milliseconds
    key = 'owner ' owner          value = { }                    still there; null: gone
  An intent has a key of its own: under the hash it would be the latest record, and compaction would remove the answer.
*/
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { type RootDatabase, open } from 'lmdb';
import { Subject } from 'rxjs';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { type KafkaConnection, connect, connectionSchema } from '../../kafka/connection.ts';
import { type Follower, followTopic } from '../../kafka/followTopic.ts';
import { type Outlet, outlet } from '../../kafka/outlet.ts';
import { persist } from '../../kafka/persist.ts';
import { readOptions } from '../../options.ts';
import type { Ledger, Paid } from '../ledger.ts';

export interface KafkaLedgerOptions extends KafkaConnection {
  /** The topic; made, compacted, where it is absent. */
  topic: string;
  /** Folder of the local copy, so that a restart reads only what is new. @default one in the system's temporary folder, for each run */
  path?: string;
  /** An instance that has said nothing for this long is taken for dead, and its calls are not waited for, in milliseconds. @default 15000 */
  ownerTimeoutMs?: number;
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  path: z.string().min(1).optional(),
  ownerTimeoutMs: z.number().min(100).default(15_000),
});

interface Intent {
  readonly owner: string;
  readonly until: number;
}

/** What is kept of the topic on this machine. */
interface Parts {
  readonly root: RootDatabase;
  readonly follower: Follower;
  readonly out: Outlet;
  readonly alive: NodeJS.Timeout;
  readonly clock: NodeJS.Timeout;
}

const INTENT = 'intent ';
const OWNER = 'owner ';

/**
 * Remembers paid answers in Kafka, for all instances: one that takes over a partition finds what the one before paid
 * for, and waits for the calls that it is still making.
 */
export function kafkaLedger(options: KafkaLedgerOptions): Ledger {
  const { topic, path, ownerTimeoutMs, ...connection } = readOptions('kafkaLedger', schema, options);
  const me = randomUUID();
  const folder = path ?? join(tmpdir(), `saccade-ledger-${me}`);
  const intents = new Map<string, Intent>();
  /** When each was heard last, by our own clock. */
  const owners = new Map<string, number>();
  /** Until the log was read to its end once, records may be old, and only their own time tells how old. */
  let isBacklog = true;
  let parts: Parts | undefined;
  const lapsed = new Subject<void>();
  let failure: Error | undefined;
  let heard = Promise.withResolvers<void>();

  const opened = (): Parts => {
    if (failure) throw failure;
    if (!parts) throw new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic} is not open`);
    return parts;
  };
  const failed = (cause: unknown): never => {
    throw cause instanceof PipelineError && cause.code === 'LEDGER_FAILED'
      ? cause
      : new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic}: ${messageOf(cause)}`, { cause, retryable: true });
  };
  const say = (key: string, value: object | null): Promise<void> =>
    opened().out.send({ topic, key, value: value && Buffer.from(JSON.stringify(value)) });

  /** Takes what others wrote into the local copy; the offset goes in with it, so that neither can be without the other. */
  const take = async (root: RootDatabase, messages: readonly kafkajs.KafkaMessage[], partition: number): Promise<void> => {
    const paid: [key: string, value: Paid][] = [];
    for (const { key, value, timestamp } of messages) {
      const name = key?.toString() ?? '';
      if (name.startsWith(OWNER)) {
        const age = isBacklog ? Math.max(0, Date.now() - Number(timestamp)) : 0;
        if (value) owners.set(name.slice(OWNER.length), performance.now() - age);
        else owners.delete(name.slice(OWNER.length));
      } else if (name.startsWith(INTENT)) {
        if (value) intents.set(name.slice(INTENT.length), JSON.parse(value.toString()) as Intent);
      } else if (value) {
        paid.push([name, JSON.parse(value.toString()) as Paid]);
        intents.delete(name);
      }
    }
    const last = messages.at(-1);
    if (last) {
      await root.transaction(() => {
        for (const [key, value] of paid) void root.put(key, value);
        if (paid.length > 0 || Number(last.offset) % 1000 === 0) void root.put(`offset ${partition}`, Number(last.offset) + 1);
      });
    }
    heard.resolve();
    heard = Promise.withResolvers();
  };

  const isLive = ({ owner, until }: Intent): boolean =>
    owner !== me && until > Date.now() && performance.now() - (owners.get(owner) ?? -Infinity) < ownerTimeoutMs;

  return {
    name: 'kafkaLedger',
    lapsed,
    async open() {
      if (parts) return;
      try {
        const kafka = connect(connection);
        await persist(() => ensureTopic(kafka, topic), 60_000);
        const root = open({ path: folder, compression: false });
        const out = await outlet(kafka, { compression: 'zstd', lingerMs: 10 });
        const recent = await persist(() => recentOffsets(kafka, topic), 60_000);
        const from = (partition: number): number =>
          Math.min((root.get(`offset ${partition}`) as number | undefined) ?? 0, recent.get(partition) ?? 0);
        const follower = await followTopic(
          kafka,
          topic,
          from,
          (messages, partition) => take(root, messages, partition),
          (error) => {
            failure = new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic}: ${error.message}`, { cause: error, retryable: true });
            heard.resolve();
          },
        );
        const alive = setInterval(() => {
          for (const [key, { until }] of intents) if (until < Date.now()) intents.delete(key);
          void say(`${OWNER}${me}`, {}).catch(() => {});
        }, ownerTimeoutMs / 3);
        parts = { root, follower, out, alive, clock: watchClock(ownerTimeoutMs / 2, () => lapsed.next()) };
        await say(`${OWNER}${me}`, {});
        await follower.caughtUp();
        isBacklog = false;
      } catch (cause) {
        failed(cause);
      }
    },
    async find(keys) {
      try {
        const { root, follower } = opened();
        const paid = (): Paid | undefined => keys.map((key) => root.get(key) as Paid | undefined).find((found) => found !== undefined);
        const early = paid();
        if (early) return early;
        await follower.caughtUp();
        for (;;) {
          const next = heard.promise;
          const found = paid();
          if (found) return found;
          opened();
          if (!keys.some((key) => intents.has(key) && isLive(intents.get(key)!))) return undefined;
          await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 200))]);
        }
      } catch (cause) {
        return failed(cause);
      }
    },
    async intend(key, until) {
      await say(INTENT + key, { owner: me, until }).catch(failed);
    },
    async pay(key, paid) {
      await say(key, paid).catch(failed);
    },
    async close() {
      if (!parts) return;
      const { root, follower, out, alive, clock } = parts;
      clearInterval(alive);
      clearInterval(clock);
      await say(`${OWNER}${me}`, null).catch(() => {});
      parts = undefined;
      await Promise.allSettled([follower.close(), out.close()]);
      await root.close();
      if (path === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tells when this process stood still for longer than `limitMs`: it was frozen, or its machine slept. */
function watchClock(limitMs: number, tell: () => void): NodeJS.Timeout {
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    if (now - last > limitMs) tell();
    last = now;
  }, 50);
}

async function ensureTopic(kafka: kafkajs.Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return;
    const configEntries = [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'min.cleanable.dirty.ratio', value: '0.1' },
    ];
    await admin.createTopics({ topics: [{ topic, numPartitions: 4, configEntries }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Intents are minutes old at most: where the records of the last ten begin. What was paid before is in the local copy. */
async function recentOffsets(kafka: kafkajs.Kafka, topic: string): Promise<Map<number, number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, Date.now() - 600_000);
    return new Map(offsets.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  } finally {
    await admin.disconnect();
  }
}
