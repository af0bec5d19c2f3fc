/*
  The ledger in a compacted topic; all values are JSON
    key = request hash            value = { answer, route }   paid for; the latest is kept for ever
    key = 'intent ' request hash  value = { id, over }        a claim to the call, see claims.ts
    key = 'owner ' owner          value = { leaseMs }         still there for so long; null: gone
  An intent has a key of its own: under the hash it would be the latest record, and compaction would remove the answer.
  Its deadline is that of its owner: a call may wait for hours until vendors have room, and is claimed all that time.
*/
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { type RootDatabase, open } from 'lmdb';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { type ClaimRecord, claimAfter, ownerOf } from './kafka/claims.ts';
import { type KafkaConnection, connectionSchema } from '../../kafka/client/kafkaConnection.ts';
import { type TopicFollower, topicFollower } from '../../kafka/consumer/topicFollower.ts';
import { type Lease, makeLease } from './kafka/lease.ts';
import type { BatchingProducer } from '../../kafka/producer/batchingProducer.ts';
import { openBatchingProducer } from '../../kafka/producer/openBatchingProducer.ts';
import { retryUntil } from '../../kafka/client/retryUntil.ts';
import { connectOrExplain } from '../../kafka/client/connectOrExplain.ts';
import { readOptions } from '../../readOptions.ts';
import type { Claim, Ledger, Paid } from '../ledger.ts';

export interface KafkaLedgerOptions extends KafkaConnection {
  /** The topic; made, compacted, where it is absent. */
  topic: string;
  /** Folder of the local copy, so that a restart reads only what is new. @default one in the system's temporary folder, for each run */
  path?: string;
  /**
   * An instance that has said nothing for this long is taken for dead, and its calls are not waited for, in milliseconds.
   * It begins no call itself when the broker has not heard it for three fifths of this. @default 15000
   */
  ownerTimeoutMs?: number;
}

const schema = connectionSchema.extend({
  topic: z.string().min(1),
  path: z.string().min(1).optional(),
  ownerTimeoutMs: z.number().min(100).default(15_000),
});

/** What is kept of the topic on this machine. */
interface Parts {
  readonly root: RootDatabase;
  readonly follower: TopicFollower;
  readonly out: BatchingProducer;
  readonly lease: Lease;
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
  const isKept = path !== undefined;
  const folder = path ?? join(tmpdir(), `saccade-ledger-${me}`);
  /** Who has the call of a key, as the log says. */
  const claims = new Map<string, string>();
  /** Our own claims, also while they are on their way. */
  const held = new Map<string, string>();
  let count = 0;
  let parts: Parts | undefined;
  let failure: Error | undefined;
  let heard = Promise.withResolvers<void>();

  const opened = (): Parts => {
    if (failure) throw failure;
    if (!parts) throw new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic} is not open`);
    return parts;
  };
  const isOpen = (): boolean => parts !== undefined && failure === undefined;
  const failed = (cause: unknown): never => {
    throw cause instanceof PipelineError && (cause.code === 'LEDGER_FAILED' || cause.code === 'CONFIG_INVALID')
      ? cause
      : new PipelineError('LEDGER_FAILED', `kafkaLedger ${topic}: ${messageOf(cause)}`, { cause, retryable: true });
  };
  const broken = (error: unknown): void => {
    const message = `kafkaLedger ${topic}: ${messageOf(error)}`;
    failure ??= new PipelineError('LEDGER_FAILED', message, { cause: error, retryable: true });
    heard.resolve();
  };
  const sayBy = async (out: BatchingProducer, key: string, value: object | null): Promise<void> =>
    out.send({ topic, key, value: value && Buffer.from(JSON.stringify(value)) });
  const say = async (key: string, value: object | null): Promise<void> => sayBy(opened().out, key, value);

  /** Where it is not heard that a claim was given up, the others would wait for as long as we live. */
  const giveUp = (key: string, id: string): void => void say(INTENT + key, { over: id } satisfies ClaimRecord).catch(broken);

  const takeClaim = (key: string, record: ClaimRecord): void => {
    const holder = claimAfter(claims.get(key), record);
    if (holder === undefined) claims.delete(key);
    else claims.set(key, holder);
    // Ours, and nobody here wants it: a word that was sent twice.
    if (holder !== undefined && holder === record.id && ownerOf(holder) === me && held.get(key) !== holder) giveUp(key, holder);
  };

  /** Takes what was written into the local copy; the offset goes in with it, so that neither can be without the other. */
  const take = async (root: RootDatabase, lease: Lease, messages: readonly kafkajs.KafkaMessage[], partition: number): Promise<void> => {
    const paid = new Map<string, Paid>();
    const claimed = new Set<string>();
    for (const { key, value } of messages) {
      const name = key?.toString() ?? '';
      if (name.startsWith(OWNER)) {
        const owner = name.slice(OWNER.length);
        if (value) lease.heard(owner, (JSON.parse(value.toString()) as { leaseMs?: number }).leaseMs ?? ownerTimeoutMs);
        else lease.gone(owner);
      } else if (name.startsWith(INTENT)) {
        const hash = name.slice(INTENT.length);
        if (!value || paid.has(hash) || root.doesExist(hash)) continue;
        takeClaim(hash, JSON.parse(value.toString()) as ClaimRecord);
        claimed.add(hash);
      } else if (value) {
        paid.set(name, JSON.parse(value.toString()) as Paid);
        if (claims.delete(name)) claimed.add(name);
      }
    }
    const last = messages.at(-1);
    if (last && paid.size + claimed.size > 0) {
      // No transaction with a callback: a process that ends while one is under way never does (lmdb waits for the callback).
      await root.batch(() => {
        for (const [key, value] of paid) void root.put(key, value);
        if (isKept) for (const key of claimed) void (claims.has(key) ? root.put(INTENT + key, claims.get(key)) : root.remove(INTENT + key));
        void root.put(`offset ${partition}`, Number(last.offset) + 1);
      });
    }
    heard.resolve();
    heard = Promise.withResolvers();
  };

  const paidOf = (keys: readonly string[]): Paid | undefined => {
    const { root } = opened();
    for (const key of keys) {
      const found = root.get(key) as Paid | undefined;
      if (found) return found;
    }
    return undefined;
  };

  /** Something was read; or time has passed, by which somebody may have died. */
  const news = async (): Promise<unknown> => Promise.race([heard.promise, new Promise((resolve) => setTimeout(resolve, 200))]);

  /** Whether another that is there has the call. */
  const isTaken = (key: string, beat: number): boolean => {
    const holder = claims.get(key);
    return held.has(key) || (holder !== undefined && ownerOf(holder) !== me && !opened().lease.isDead(ownerOf(holder), beat));
  };

  /** Claims a call that nobody has; undefined where somebody else was first. */
  const claim = async (keys: readonly string[], term: number): Promise<Paid | Claim | undefined> => {
    const key = keys[0]!;
    const { lease, follower } = opened();
    const over = claims.get(key);
    if (over !== undefined) {
      // Whom we take for dead may only be unread: what it said until now counts, and our silence since does not.
      const beat = lease.beat();
      await follower.caughtUp();
      if (claims.get(key) !== over || isTaken(key, beat)) return undefined;
    }
    const id = `${me}/${count++}`;
    const isOurs = (): boolean => claims.get(key) === id;
    const release = (): void => {
      if (held.get(key) !== id) return;
      held.delete(key);
      if (isOpen() && isOurs()) giveUp(key, id);
    };
    held.set(key, id);
    try {
      await say(INTENT + key, { id, ...(over !== undefined && { over }) } satisfies ClaimRecord);
      // Ours is read then, and all that was paid before it.
      await follower.caughtUp();
      const paid = paidOf(keys);
      if (!paid && isOurs())
        return { release, mayCall: () => isOpen() && held.get(key) === id && isOurs() && lease.term() === term && !paidOf(keys) };
      release();
      return paid;
    } catch (error) {
      release();
      throw error;
    }
  };

  return {
    name: 'kafkaLedger',
    async open() {
      if (parts) return;
      try {
        const kafka = await connectOrExplain(connection);
        await retryUntil(() => ensureTopic(kafka, topic), 60_000);
        // A copy for this run alone need not outlive a crash. Answers share their shape, and pages that are not read leave our memory.
        const root = open({
          path: folder,
          compression: false,
          sharedStructuresKey: Symbol.for('structures'),
          remapChunks: true,
          noSync: !isKept,
        });
        const out = await openBatchingProducer(kafka, { compression: 'zstd', lingerMs: 10 });
        for (const { key, value } of root.getRange({ start: INTENT, end: `${INTENT}~` }))
          claims.set(String(key).slice(INTENT.length), value as string);
        const lease = await makeLease(ownerTimeoutMs, async () => sayBy(out, `${OWNER}${me}`, { leaseMs: ownerTimeoutMs }));
        const from = (partition: number): number => (root.get(`offset ${partition}`) as number | undefined) ?? 0;
        const follower = await topicFollower(kafka, {
          topic,
          firstOffset: from,
          use: async (messages, partition) => take(root, lease, messages, partition),
          onFailed: broken,
        });
        parts = { root, follower, out, lease };
        await follower.caughtUp();
      } catch (cause) {
        failed(cause);
      }
    },
    async look(keys) {
      try {
        for (;;) {
          const paid = paidOf(keys);
          if (paid) return paid;
          const { lease } = opened();
          const term = lease.term();
          const found = term === undefined || isTaken(keys[0]!, lease.beat()) ? undefined : await claim(keys, term);
          if (found) return found;
          await news();
        }
      } catch (cause) {
        return failed(cause);
      }
    },
    async ready() {
      if (opened().lease.term() !== undefined) return;
      throw new PipelineError('LEDGER_FAILED', `Kafka at ${connection.brokers.join(', ')} did not take our last words`, {
        retryable: true,
      });
    },
    async pay(key, paid) {
      await say(key, paid).catch(failed);
      held.delete(key);
    },
    async close() {
      if (!parts) return;
      const { root, follower, out, lease } = parts;
      await lease.close();
      await say(`${OWNER}${me}`, null).catch(() => {});
      parts = undefined;
      await Promise.allSettled([follower.close(), out.close()]);
      await root.close();
      if (!isKept) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ensureTopic(kafka: kafkajs.Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return;
    const configEntries = [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'min.cleanable.dirty.ratio', value: '0.1' },
      // Who has a claim is told by all records about it, not by the last alone.
      { name: 'min.compaction.lag.ms', value: String(24 * 3_600_000) },
    ];
    await admin.createTopics({ topics: [{ topic, numPartitions: 4, configEntries }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
