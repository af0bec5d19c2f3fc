import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../../errors.ts';
import { pause } from '../../../kafka/client/pause.ts';
import { type TopicFollower, topicFollower } from '../../../kafka/consumer/topicFollower.ts';
import type { BatchingProducer } from '../../../kafka/producer/batchingProducer.ts';
import { openBatchingProducer } from '../../../kafka/producer/openBatchingProducer.ts';
import type { Claim, PaidAnswer } from '../../ledger.ts';
import { ownerOf } from './claimRecord.ts';
import { type Lease, makeLease } from './lease.ts';
import { LedgerState } from './ledgerState.ts';
import { type LedgerRecord, ensureLedgerTopic, ledgerMessage } from './ledgerTopic.ts';
import { LocalCopy } from './localCopy.ts';

export interface OpenLedgerOptions {
  readonly topic: string;
  /** Folder of the local copy; undefined: one that is removed when the ledger is closed. */
  readonly path: string | undefined;
  readonly ownerTimeoutMs: number;
}

/** How often a call of another instance is looked at while nothing is read: its owner may have died. */
const LOOK_EVERY_MS = 200;

interface OpenLedgerParts {
  readonly topic: string;
  /** The name of this instance in the log. */
  readonly owner: string;
  readonly producer: BatchingProducer;
  readonly lease: Lease;
  readonly state: LedgerState;
}

/** Opens a ledger and reads it to its end. What was opened is closed again where that fails. */
export async function openLedger(kafka: kafkajs.Kafka, { topic, path, ownerTimeoutMs }: OpenLedgerOptions): Promise<OpenLedger> {
  // Closes what was opened, in reverse order; brokers that cannot be told are left alone.
  await using stack = new AsyncDisposableStack();
  const owner = randomUUID();
  await ensureLedgerTopic(kafka, topic);
  const copy = new LocalCopy(path ?? join(tmpdir(), `saccade-ledger-${owner}`), path !== undefined);
  stack.defer(() => copy.close());
  const producer = await openBatchingProducer(kafka, { compression: 'zstd', lingerMs: 10 });
  stack.defer(() => producer.close().catch(() => {}));
  const lease = await makeLease(ownerTimeoutMs, () =>
    producer.send(ledgerMessage(topic, { kind: 'heartbeat', owner, leaseMs: ownerTimeoutMs })),
  );
  stack.defer(() => lease.close());
  const state = new LedgerState(copy, lease);
  const ledger = new OpenLedger({ topic, owner, producer, lease, state });
  const follower = await topicFollower(kafka, {
    topic,
    firstOffset: (partition) => copy.nextOffset(partition),
    use: (messages, partition) => state.read(messages, partition, ownerTimeoutMs),
    onFailed: (error) => ledger.fail(error),
  });
  stack.defer(() => follower.close().catch(() => {}));
  await follower.caughtUp();
  ledger.start(follower, stack.move());
  return ledger;
}

/** A ledger that was read to its end, and follows its topic. */
export class OpenLedger {
  readonly #parts: OpenLedgerParts;
  /** Our claims by request hash, from when they are sent. */
  readonly #held = new Map<string, string>();
  #claimsMade = 0;
  #follower: TopicFollower | undefined;
  #resources: AsyncDisposableStack | undefined;
  #failure: PipelineError | undefined;

  constructor(parts: OpenLedgerParts) {
    this.#parts = parts;
    parts.state.onClaim((requestHash, holder) => {
      // A claim of ours that we do not hold: its record was sent twice, and arrived after we gave it up.
      if (ownerOf(holder) === parts.owner && this.#held.get(requestHash) !== holder) this.#giveUp(requestHash, holder);
    });
  }

  /** @param resources closed with the ledger */
  start(follower: TopicFollower, resources: AsyncDisposableStack): void {
    this.#follower = follower;
    this.#resources = resources;
  }

  /** From here on everything rejects. */
  fail(cause: unknown): void {
    const message = `kafkaLedger ${this.#parts.topic}: ${messageOf(cause)}`;
    this.#failure ??= new PipelineError('LEDGER_FAILED', message, { cause, retryable: true });
    this.#parts.state.changed.announce();
  }

  async lookupOrClaim(keys: readonly string[], signal: AbortSignal): Promise<PaidAnswer | Claim> {
    const { state, lease } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      this.#throwIfUnusable();
      const paid = state.paidAnswer(keys);
      if (paid) return paid;
      const term = lease.term();
      const found = term === undefined || this.#isTaken(keys[0]!, lease.beats()) ? undefined : await this.#claim(keys, term);
      if (found) return found;
      await Promise.race([state.changed.next(), pause(LOOK_EVERY_MS, signal)]);
    }
  }

  async commit(key: string, paid: PaidAnswer): Promise<void> {
    await this.#send({ kind: 'paid', requestHash: key, paid });
    this.#held.delete(key);
  }

  /** Whether the broker accepts our heartbeats. */
  isReady(): boolean {
    this.#throwIfUnusable();
    return this.#parts.lease.term() !== undefined;
  }

  async close(): Promise<void> {
    await this.#parts.lease.close();
    await this.#send({ kind: 'ended', owner: this.#parts.owner }).catch(() => {});
    const resources = this.#resources;
    this.#resources = undefined;
    await resources?.disposeAsync();
  }

  get #isUsable(): boolean {
    return this.#resources !== undefined && this.#failure === undefined;
  }

  #throwIfUnusable(): void {
    if (this.#failure) throw this.#failure;
    if (!this.#resources) throw new PipelineError('LEDGER_FAILED', `kafkaLedger ${this.#parts.topic} is not open`);
  }

  async #send(record: LedgerRecord): Promise<void> {
    this.#throwIfUnusable();
    await this.#parts.producer.send(ledgerMessage(this.#parts.topic, record));
  }

  /** Where this cannot be sent, the others would wait for the claim for as long as we live: the ledger has failed. */
  #giveUp(requestHash: string, id: string): void {
    this.#send({ kind: 'claim', requestHash, claim: { over: id } }).catch((cause: unknown) => this.fail(cause));
  }

  /** Whether the call is being made, by us or by another instance that is alive as of a beat of ours. */
  #isTaken(key: string, beat: number): boolean {
    const { state, lease, owner } = this.#parts;
    if (this.#held.has(key)) return true;
    const holder = state.claimOf(key);
    return holder !== undefined && ownerOf(holder) !== owner && !lease.isDead(ownerOf(holder), beat);
  }

  /** Claims a call that is not taken; undefined where another instance was faster. */
  async #claim(keys: readonly string[], term: number): Promise<PaidAnswer | Claim | undefined> {
    const [key] = keys as [string];
    const { state, owner } = this.#parts;
    const replaced = state.claimOf(key);
    if (replaced !== undefined && !(await this.#isStillFree(key, replaced))) return undefined;
    const id = `${owner}/${this.#claimsMade++}`;
    this.#held.set(key, id);
    try {
      await this.#send({ kind: 'claim', requestHash: key, claim: { id, ...(replaced !== undefined && { over: replaced }) } });
      // After this our claim was read, and all that was paid before it.
      await this.#follower!.caughtUp();
      const paid = state.paidAnswer(keys);
      if (!paid && state.claimOf(key) === id) return this.#claimOf(keys, id, term);
      this.#release(key, id);
      return paid;
    } catch (error) {
      this.#release(key, id);
      throw error;
    }
  }

  /** The owner of a claim may only seem dead because it was not read: what it wrote until now counts, our waiting for it does not. */
  async #isStillFree(key: string, claim: string): Promise<boolean> {
    const beat = this.#parts.lease.beats();
    await this.#follower!.caughtUp();
    return this.#parts.state.claimOf(key) === claim && !this.#isTaken(key, beat);
  }

  #claimOf(keys: readonly string[], id: string, term: number): Claim {
    const [key] = keys as [string];
    const { state, lease } = this.#parts;
    return {
      mayCall: () =>
        this.#isUsable && this.#held.get(key) === id && state.claimOf(key) === id && lease.term() === term && !state.paidAnswer(keys),
      release: () => this.#release(key, id),
    };
  }

  #release(key: string, id: string): void {
    if (this.#held.get(key) !== id) return;
    this.#held.delete(key);
    if (this.#isUsable && this.#parts.state.claimOf(key) === id) this.#giveUp(key, id);
  }
}
